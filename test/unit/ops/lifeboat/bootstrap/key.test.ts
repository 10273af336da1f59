import { documentOf } from "../../../../../ops/lifeboat/bootstrap/documents";
import { lookAtKey } from "../../../../../ops/lifeboat/bootstrap/key";
import { stateKeyStatements } from "../../../../../ops/lifeboat/bootstrap/policies";
import type { KeyFacts } from "../../../../../ops/lifeboat/bootstrap/ports";
import { fakeKeys, KEY_ARN, SCOPE, type Written } from "./fakes";

const ours = stateKeyStatements(SCOPE, "dr");
const facts = (changes: Partial<KeyFacts> = {}): KeyFacts => ({
  arn: KEY_ARN,
  keyId: "k1",
  state: "Enabled",
  usable: true,
  rotates: true,
  policy: JSON.stringify(documentOf(ours)),
  ...changes,
});
const look = (named?: KeyFacts, tagged?: KeyFacts, written: Written = []) =>
  lookAtKey(fakeKeys({ named, tagged }, written), SCOPE, "dr", "eu-west-1");

test("a key that is as it should be is found, and its ARN with it", async () => {
  const { findings, arn } = await look(facts());

  expect(findings.map(({ state }) => state)).toEqual(["found"]);
  expect(arn()).toBe(KEY_ARN);
});

test("without one, a key is made, rotated and then named: its ARN is known from then on", async () => {
  const written: Written = [];
  const { findings, arn } = await look(undefined, undefined, written);

  expect([arn(), written]).toEqual([undefined, []]);
  await findings[0]?.change?.();
  expect(written).toEqual([["create"], ["rotate", KEY_ARN], ["name", "alias/acme-pulumi-dr", KEY_ARN]]);
  expect(arn()).toBe(KEY_ARN);
});

test("a key that a run made and could not name is named, and no second one is made", async () => {
  const written: Written = [];
  const { findings } = await look(undefined, facts(), written);

  await findings[0]?.change?.();
  expect(written.map(([call]) => call)).toEqual(["rotate", "name"]);
});

test("denials that are missing are added to what the policy says; an allowance that is missing is a person's to give", async () => {
  const [allowance, ...denials] = ours;
  const theirs = {
    Effect: "Allow" as const,
    Principal: { AWS: "arn:aws:iam::123456789012:role/auditor" },
    Action: "kms:Describe*",
    Resource: "*",
  };
  const written: Written = [];
  const default_ = await look(
    facts({ policy: JSON.stringify(documentOf([...(allowance === undefined ? [] : [allowance]), theirs])) }),
    undefined,
    written,
  );
  const locked = await look(facts({ policy: JSON.stringify(documentOf(denials)) }));

  expect(default_.findings.map(({ detail }) => detail)).toEqual(["its policy lacks NobodyDestroys, DeployingOnlyUses, OneStackOnly"]);
  await default_.findings[0]?.change?.();
  expect(JSON.parse(String(written[0]?.[2])).Statement).toHaveLength(5);
  expect(locked.findings).toEqual([expect.objectContaining({ state: "different", detail: expect.stringContaining("AccountDecides") })]);
  expect(locked.findings[0]?.change).toBeUndefined();
});

test.each([
  [{ state: "PendingDeletion" }, /PendingDeletion.*cancel-key-deletion/],
  [{ state: "Disabled" }, /Disabled.*aws kms enable-key --region eu-west-1 --key-id k1/],
  [{ usable: false, policy: "" }, /not a symmetric key of this account's own.*delete-alias/],
])("%j is refused", async (changes, message) => {
  await expect(look(facts(changes))).rejects.toThrow(message);
});
