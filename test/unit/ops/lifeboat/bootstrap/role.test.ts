import { documentOf, type Statement } from "../../../../../ops/lifeboat/bootstrap/documents";
import { deployStatements } from "../../../../../ops/lifeboat/bootstrap/permissions";
import { trustStatements } from "../../../../../ops/lifeboat/bootstrap/policies";
import type { RoleFacts } from "../../../../../ops/lifeboat/bootstrap/ports";
import { lookAtRole } from "../../../../../ops/lifeboat/bootstrap/role";
import { fakeRoles, SCOPE, type Written } from "./fakes";

const ROOT = "arn:aws:iam::123456789012:root";
const DEPLOYERS = "arn:aws:iam::123456789012:role/deployers";
const text = (statements: readonly Statement[]): string => JSON.stringify(documentOf(statements));
const role = (changes: Partial<RoleFacts> = {}): RoleFacts => ({
  arn: "arn:aws:iam::123456789012:role/acme-lifeboat-deploy-dr",
  trust: text(trustStatements(ROOT)),
  policy: text(deployStatements(SCOPE, "dr")),
  others: [],
  ...changes,
});
const look = async (facts: RoleFacts | undefined, principal?: string, written: Written = []) => {
  const findings = await lookAtRole({ roles: fakeRoles(facts, written), scope: SCOPE, stack: "dr", grant: false, principal });
  for (const { change } of findings) await change?.();
  return findings.map(({ state, detail }) => `${state}: ${detail}`);
};

test("a role is made with its trust, and then with its permissions", async () => {
  const written: Written = [];

  expect(await look(undefined, DEPLOYERS, written)).toEqual(["missing: there was none"]);
  expect(written).toEqual([
    ["create", "acme-lifeboat-deploy-dr"],
    ["putPolicy", text(deployStatements(SCOPE, "dr"))],
  ]);
});

test("a role that a run could not give its permissions gets them", async () => {
  const { policy: _, ...bare } = role();

  expect(await look(bare)).toEqual(["missing: has no permissions"]);
});

describe("trust", () => {
  const trusting = (AWS: string | readonly string[]): RoleFacts =>
    role({ trust: text([{ Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" }]) });

  test.each([
    ["the account, and nobody in particular was named", role(), undefined, /^found/],
    ["whom it should", trusting(DEPLOYERS), DEPLOYERS, /^found/],
    ["less than the account, and nobody in particular was named", trusting(DEPLOYERS), undefined, /^found: may be assumed by .*deployers/],
    ["the whole account, and one was named", role(), DEPLOYERS, /^loose: the whole account/],
    ["everybody", trusting("*"), undefined, /^loose: everybody/],
    ["everybody among others", trusting([DEPLOYERS, "*"]), undefined, /^loose: everybody/],
    ["somebody else than was named", trusting(DEPLOYERS), "arn:aws:iam::123456789012:role/others", /^different: .*deployers/],
    ["another account", trusting("arn:aws:iam::999999999999:root"), undefined, /^different: .*999999999999/],
    [
      "a federation",
      role({ trust: text([{ Effect: "Allow", Principal: { Federated: "f" }, Action: "sts:AssumeRoleWithWebIdentity" }]) }),
      undefined,
      /^different/,
    ],
  ])("of %s", async (_name, facts, principal, expected) => {
    const written: Written = [];
    const [first] = await look(facts, principal, written);

    expect(first).toMatch(expected);
    expect(written.map(([call]) => call)).toEqual(/^loose/.test(first ?? "") ? ["putTrust"] : []);
  });
});

test("further policies are somebody's, and shown", async () => {
  const written: Written = [];

  expect(await look(role({ others: ["AdministratorAccess"] }), undefined, written)).toEqual([
    "different: has further policies: AdministratorAccess",
  ]);
  expect(written).toEqual([]);
});

describe("permissions", () => {
  const wanted = deployStatements(SCOPE, "dr");
  const [first, ...rest] = wanted;
  const more: Statement = { Effect: "Allow", Action: "s3:DeleteBucket", Resource: "*" };

  test.each([
    ["the same in other words", [...wanted, { Effect: "Allow" as const, Action: "s3:GetObject", Resource: first?.Resource }], /^found/],
    ["more", [...wanted, more], /^loose: may do more than it needs: s3:DeleteBucket on \*/],
    ["less", rest, /^different: lacks .*--grant gives it/],
    ["less in one place and more in another", [...rest, more], /^different: lacks/],
    [
      "something that cannot be compared",
      [{ Effect: "Allow" as const, NotAction: "iam:*", Resource: "*" }],
      /^different: lacks what this release gives it/,
    ],
  ])("%s", async (_name, statements, expected) => {
    const [only] = await look(role({ policy: text(statements) }));

    expect(only).toMatch(expected);
  });
});
