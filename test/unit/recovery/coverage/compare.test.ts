import * as fc from "fast-check";
import { coverageOf } from "../../../../recovery/coverage/compare";
import { Exclusion, hasEnded } from "../../../../recovery/coverage/exclusion";
import { type Inventory, isMeant, type Protection, RESOURCE_KINDS, type Resource } from "../../../../recovery/coverage/resource";

const NOW = new Date("2026-11-24T12:00:00Z");
const bucket = (name: string, changes: Partial<Resource> = {}): Resource => ({
  kind: "bucket",
  name,
  aliases: [],
  region: "us-east-1",
  ...changes,
});
const protection = (match: string, changes: Partial<Protection> = {}): Protection => ({
  kind: "bucket",
  match,
  by: "replication",
  as: "protected",
  ...changes,
});
const exclusion = (match: string, changes: Partial<Exclusion> = {}): Exclusion => ({
  kind: "bucket",
  match,
  reason: "made again every night",
  owner: "data@acme.example",
  ...changes,
});
const compare = (found: readonly Resource[], protections: readonly Protection[], exclusions: readonly Exclusion[] = []) =>
  coverageOf({ bucket: { found } }, protections, exclusions, NOW);

describe("what exists against what is protected", () => {
  test("what nothing stands for is uncovered, and named first", () => {
    const { lines, uncovered } = compare([bucket("documents"), bucket("reports")], [protection("documents")]);

    expect(uncovered).toBe(1);
    expect(lines.map(({ name, verdict, reason }) => [name, verdict, reason])).toEqual([
      ["reports", "unprotected", "nothing protects it"],
      ["documents", "protected", "replication"],
    ]);
  });

  test("a protection that does not work protects nothing", () => {
    const { lines, uncovered } = compare([bucket("documents")], [protection("documents", { problem: "no canary has arrived" })]);

    expect(uncovered).toBe(1);
    expect(lines[0]?.reason).toBe("replication, but no canary has arrived");
  });

  test("a kind that could not be listed is unknown, whatever protects it", () => {
    const inventory: Inventory = { bucket: { problem: "AccessDenied" }, database: { found: [] } };
    const { lines, uncovered } = coverageOf(inventory, [protection("*")], [exclusion("*")], NOW);

    expect(uncovered).toBe(1);
    expect(lines).toEqual([{ kind: "bucket", name: "*", verdict: "unknown", reason: "they could not be listed: AccessDenied" }]);
  });

  test("an exclusion says who answers for it, holds through its last day, and is uncovered from the next one on", () => {
    const until = (expires: string) => compare([bucket("reports")], [], [exclusion("rep*", { expires })]).lines[0];

    expect(until("2026-11-24")).toMatchObject({
      verdict: "excluded",
      reason: "made again every night (data@acme.example, until 2026-11-24)",
    });
    expect(until("2026-11-23")).toMatchObject({
      verdict: "unprotected",
      reason: expect.stringContaining("ended on 2026-11-23 (data@acme.example"),
    });
    expect(hasEnded({ expires: "2026-11-24" }, new Date("2026-11-25T00:00:00Z"))).toBe(true);
  });

  test("an exclusion that means nothing is named, unless its kind could not be listed", () => {
    const exclusions = [exclusion("gone"), exclusion("x", { kind: "volume" }), exclusion("y", { kind: "secret" })];
    const { unusedExclusions } = coverageOf(
      { bucket: { found: [bucket("a")] }, volume: { problem: "no" } },
      [protection("a")],
      exclusions,
      NOW,
    );

    expect(unusedExclusions.map(({ match }) => match)).toEqual(["gone"]);
  });

  test("a protection of one region says nothing of another one's resource of the same name", () => {
    const secret = (region: string): Resource => ({ kind: "secret", name: "shop/db", aliases: [], region });
    const protections: Protection[] = [{ kind: "secret", match: "shop/db", region: "us-east-1", by: "a replica", as: "protected" }];
    const { lines } = coverageOf({ secret: { found: [secret("us-east-1"), secret("ap-south-1")] } }, protections, [], NOW);

    expect(lines.map(({ region, verdict }) => [region, verdict])).toEqual([
      ["ap-south-1", "unprotected"],
      ["us-east-1", "protected"],
    ]);
  });

  test("what goes with its instance is left out by itself, but what protects it all the same counts first", () => {
    const disk = bucket("vol-1", { kind: "volume", ephemeral: "deleted with its instance i-1" });
    const verdictOf = (protections: readonly Protection[]) =>
      coverageOf({ volume: { found: [disk] } }, protections, [], NOW).lines[0]?.verdict;

    expect(verdictOf([])).toBe("excluded");
    expect(verdictOf([protection("vol-1", { kind: "volume" })])).toBe("protected");
  });

  test("a star stands for any characters, and nothing else is special", () => {
    expect(isMeant("pvc:shop/data-*", { name: "vol-1", aliases: ["pvc:shop/data-chroma-0"] })).toBe(true);
    expect(isMeant("a.c", { name: "abc", aliases: [] })).toBe(false);
    expect(isMeant("acme", { name: "acme-documents", aliases: [] })).toBe(false);
  });

  test("every resource has exactly one line, and none is covered without a protection, an exclusion or a reason of its own", () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-c]{1,3}$/), { maxLength: 12 }),
        fc.array(fc.record({ match: fc.stringMatching(/^[a-c*]{1,3}$/), broken: fc.boolean() }), { maxLength: 6 }),
        fc.array(fc.stringMatching(/^[a-c*]{1,3}$/), { maxLength: 4 }),
        fc.constantFrom(...RESOURCE_KINDS),
        (names, protections, excluded, kind) => {
          const found = names.map((name): Resource => ({ kind, name, aliases: [] }));
          const standing = protections.map(({ match, broken }) => protection(match, { kind, ...(broken ? { problem: "stopped" } : {}) }));
          const exclusions = excluded.map((match) => exclusion(match, { kind }));
          const { lines, uncovered } = coverageOf({ [kind]: { found } }, standing, exclusions, NOW);
          expect(lines.map(({ name }) => name).sort()).toEqual([...names].sort());
          for (const { name, verdict } of lines) {
            const covered =
              standing.some((one) => one.problem === undefined && isMeant(one.match, { name, aliases: [] })) ||
              exclusions.some(({ match }) => isMeant(match, { name, aliases: [] }));
            expect(verdict === "unprotected").toBe(!covered);
          }
          expect(uncovered).toBe(lines.filter(({ verdict }) => verdict === "unprotected").length);
        },
      ),
    ));

  test("an exclusion without a reason or an owner is none", () => {
    expect(Exclusion.safeParse({ kind: "bucket", match: "x", reason: "because" }).success).toBe(false);
    expect(Exclusion.safeParse({ kind: "bucket", match: "x", owner: "me", reason: "" }).success).toBe(false);
    expect(Exclusion.safeParse({ ...exclusion("x"), expires: "2027-02-30" }).success).toBe(false);
  });
});
