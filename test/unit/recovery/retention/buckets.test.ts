import * as fc from "fast-check";
import { EXPORT_KINDS } from "../../../../recovery/catalogue/kinds";
import { bucketRetention, type LifecycleRule } from "../../../../recovery/retention/buckets";
import { contradictions, type RetentionNeeds } from "../../../../recovery/retention/contradictions";
import { NO_LONG_TERM } from "../../../../recovery/retention/policy";
import { type SystemPolicy, systemPolicy } from "../../../../recovery/retention/system";

const DAY_SECONDS = 86_400;
const PASSING = ["checkpoints/", "states/"];

const days = fc.integer({ min: 1, max: 400 });
const seconds = fc.integer({ min: 0, max: 40 * DAY_SECONDS });
const somePolicy = fc
  .record({
    lockMode: fc.constantFrom("GOVERNANCE" as const, "COMPLIANCE" as const),
    ...{ backupRetentionDays: days, documentsRetentionDays: days, stagingDays: days, sourceVersionDays: days, replicaVersionDays: days },
    longTerm: fc.constant(NO_LONG_TERM),
    databaseDays: fc.integer({ min: 1, max: 35 }),
    snapshots: fc.record({ hourlyDays: days, dailyDays: days, primaryDays: days }),
  })
  .map(systemPolicy);
const someNeeds: fc.Arbitrary<RetentionNeeds> = fc.record({
  ...{ exportSeconds: seconds, replicationSeconds: seconds, verificationSeconds: seconds, renewalSeconds: seconds },
});

/** The days after which an object of this key stops being current. */
const expiryOf = (rules: readonly LifecycleRule[], key: string): number =>
  Math.min(...rules.flatMap(({ prefix, expiryDays }) => (key.startsWith(prefix) ? (expiryDays ?? []) : [])));

const holds = (policy: SystemPolicy, needs: RetentionNeeds): boolean => contradictions(policy, needs).length === 0;

describe("the buckets' retention", () => {
  test("lets nothing expire before its lock ends, whatever the policy", () =>
    fc.assert(
      fc.property(somePolicy, (policy) => {
        for (const { lock, rules } of Object.values(bucketRetention(policy, PASSING)))
          for (const { expiryDays = Number.POSITIVE_INFINITY } of rules) expect(expiryDays).toBeGreaterThanOrEqual(lock?.days ?? 0);
      }),
    ));

  test("never expires what is held for ever, in either region", () =>
    fc.assert(
      fc.property(somePolicy, (policy) => {
        const { staging, vault } = bucketRetention(policy, PASSING);

        for (const { store, prefix } of EXPORT_KINDS) {
          const forever = policy.holds[store].kind === "forever";
          for (const expiry of [
            expiryOf(staging.rules, `${prefix}p/manifest.json`),
            expiryOf(vault.rules, `${prefix}p/manifest.json`),
            expiryOf(vault.rules, `catalogue/points/${store}/1-p.json`),
            expiryOf(vault.rules, `catalogue/proofs/${store}/1-p.json`),
          ])
            expect(Number.isFinite(expiry)).toBe(!forever);
        }
        for (const prefix of PASSING) expect(expiryOf(staging.rules, `${prefix}x`)).toBe(policy.stagingDays);
      }),
    ));

  test("has one rule of each bucket's prefix: S3 would take the shorter of two", () =>
    fc.assert(
      fc.property(somePolicy, (policy) => {
        for (const { rules } of Object.values(bucketRetention(policy, PASSING))) {
          const prefixes = rules.map(({ prefix }) => prefix);
          expect(new Set(prefixes).size).toBe(prefixes.length);
        }
      }),
    ));
});

describe("a policy without contradictions", () => {
  test("keeps an export in staging until it is whole, replicated and proven", () =>
    fc.assert(
      fc.property(somePolicy, someNeeds, (policy, needs) => {
        fc.pre(holds(policy, needs));
        const { staging } = bucketRetention(policy, PASSING);

        for (const { prefix } of EXPORT_KINDS)
          expect(expiryOf(staging.rules, `${prefix}p/x`) * DAY_SECONDS).toBeGreaterThan(
            needs.exportSeconds + needs.replicationSeconds + needs.verificationSeconds,
          );
      }),
      { numRuns: 50 },
    ));

  test("takes documents and vectors back as far as the database, and the recovery region remembers no less than the primary one", () =>
    fc.assert(
      fc.property(somePolicy, someNeeds, (policy, needs) => {
        fc.pre(holds(policy, needs));
        const { documents, documentsReplica, vault } = bucketRetention(policy, PASSING);
        const remembered = documentsReplica.rules[0]?.noncurrentDays ?? 0;

        expect(remembered).toBeGreaterThanOrEqual(documents.rules[0]?.noncurrentDays ?? 0);
        expect(remembered).toBeGreaterThanOrEqual(policy.databaseDays);
        expect(expiryOf(vault.rules, "chroma/p/manifest.json")).toBeGreaterThanOrEqual(policy.databaseDays);
      }),
      { numRuns: 50 },
    ));

  test("stays one when staging keeps longer", () =>
    fc.assert(
      fc.property(somePolicy, someNeeds, fc.integer({ min: 0, max: 100 }), (policy, needs, more) => {
        fc.pre(holds(policy, needs));

        expect(contradictions({ ...policy, stagingDays: policy.stagingDays + more }, needs)).toEqual([]);
      }),
      { numRuns: 50 },
    ));
});
