import * as fc from "fast-check";
import { decide } from "../../../../recovery/retention/decide";
import type { RetainedPoint } from "../../../../recovery/retention/point";
import { type RetentionPolicy, retentionPolicy } from "../../../../recovery/retention/policy";
import { renewals } from "../../../../recovery/retention/renewals";

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse("2026-11-24T12:00:00Z");
const iso = (ms: number): string => new Date(ms).toISOString();
const daysAgo = (days: number): string => iso(NOW_MS - days * DAY_MS);
const NOW = new Date(NOW_MS);

const POLICY = retentionPolicy({ backupRetentionDays: 90, documentsRetentionDays: 365 });

const pointOf = (pointId: string, changes: Partial<RetainedPoint> & { readonly ageDays?: number } = {}): RetainedPoint => {
  const { ageDays = 0, ...rest } = changes;
  return { series: "chroma", pointId, asOf: daysAgo(ageDays), lockedUntil: daysAgo(ageDays - 90), good: true, ...rest };
};

const saidOf = (points: readonly RetainedPoint[], policy: RetentionPolicy = POLICY, now = NOW) =>
  Object.fromEntries(
    decide(points, policy, now).map(({ point, keep, reason }) => [point.pointId, `${keep ? "kept" : "dropped"}: ${reason}`]),
  );

describe("what retention keeps and drops", () => {
  test("a point is kept while it is locked, and dropped when a newer good one stands", () => {
    const said = saidOf([pointOf("new"), pointOf("held", { ageDays: 89 }), pointOf("old", { ageDays: 91 })]);

    expect(said).toEqual({
      new: "kept: the last good point of its series",
      held: `kept: locked until ${daysAgo(-1)}`,
      old: "dropped: older than 90 days and no longer locked, and a newer good point stands",
    });
  });

  test("a lock that somebody prolonged for an inquiry is not fought", () => {
    const said = saidOf([pointOf("new"), pointOf("old", { ageDays: 400, lockedUntil: daysAgo(-30) })]);

    expect(said.old).toBe(`kept: locked until ${daysAgo(-30)}`);
  });

  test("the last good one outlives its lock, however old, and newer ones that nobody proved are no reason to drop it", () => {
    const said = saidOf([
      pointOf("unproven", { ageDays: 95, good: false }),
      pointOf("good", { ageDays: 400 }),
      pointOf("older", { ageDays: 401 }),
    ]);

    expect(said.good).toBe("kept: the last good point of its series");
    expect(said.unproven).toBe("dropped: older than 90 days and no longer locked, and it is not known to be good");
    expect(said.older).toMatch(/^dropped/);
  });

  test("without any good one nothing is dropped: it could be all that there is", () => {
    const said = saidOf([pointOf("a", { ageDays: 200, good: false }), pointOf("b", { ageDays: 300, good: false })]);

    expect(Object.values(said)).toEqual(Array(2).fill("kept: no point of its series is known to be good"));
  });

  test("each series has a last good one of its own, and configuration is kept for ever", () => {
    const shop = { series: "configuration/repositories/shop" };
    const said = saidOf([
      pointOf("chroma", { ageDays: 300 }),
      pointOf("dump", { ageDays: 200, series: "postgres" }),
      pointOf("shop-1", { ...shop, ageDays: 900 }),
      pointOf("shop-2", { ...shop, ageDays: 800 }),
    ]);

    expect(said.chroma).toBe("kept: the last good point of its series");
    expect(said.dump).toBe("kept: the last good point of its series");
    expect(said["shop-1"]).toBe("kept: its series is kept for ever");
  });

  test("a policy that was lengthened keeps what its older, shorter lock let go", () => {
    const longer = retentionPolicy({ backupRetentionDays: 365, documentsRetentionDays: 365 });

    expect(saidOf([pointOf("new"), pointOf("old", { ageDays: 200 })], longer).old).toBe("kept: younger than 365 days");
  });

  test("the long term keeps the newest good point of each of the newest months, weeks, days and hours", () => {
    const longTerm = { hourly: 0, daily: 0, weekly: 0, monthly: 3 };
    const policy = retentionPolicy({ backupRetentionDays: 1, documentsRetentionDays: 1, longTerm });
    const at = (pointId: string, asOf: string, good = true): RetainedPoint => ({
      series: "chroma",
      pointId,
      asOf,
      lockedUntil: asOf,
      good,
    });
    const said = saidOf(
      [
        at("nov-20", "2026-11-20T00:00:00Z"),
        at("nov-10", "2026-11-10T00:00:00Z"),
        at("oct-31", "2026-10-31T23:59:59Z"),
        at("oct-30", "2026-10-30T00:00:00Z"),
        at("sep-30-bad", "2026-09-30T00:00:00Z", false),
        at("jun-02", "2026-06-02T00:00:00Z"),
        at("may-31", "2026-05-31T00:00:00Z"),
      ],
      policy,
    );

    expect(Object.entries(said).filter(([, text]) => text.startsWith("kept"))).toEqual([
      ["nov-20", "kept: the last good point of its series"],
      ["oct-31", "kept: the newest good point of the month 2026-10"],
      ["jun-02", "kept: the newest good point of the month 2026-06"],
    ]);
  });

  test("weeks begin on Monday, UTC", () => {
    const policy = retentionPolicy({
      backupRetentionDays: 1,
      documentsRetentionDays: 1,
      longTerm: { hourly: 0, daily: 0, weekly: 9, monthly: 0 },
    });
    const at = (asOf: string): RetainedPoint => ({ series: "chroma", pointId: asOf, asOf, lockedUntil: asOf, good: true });
    const kept = decide([at("2026-11-23T00:00:00Z"), at("2026-11-22T23:59:59Z"), at("2026-11-16T00:00:00Z")], policy, NOW).map(
      ({ keep }) => keep,
    );

    expect(kept).toEqual([true, true, false]);
  });
});

const anyPoint: fc.Arbitrary<RetainedPoint> = fc.record({
  series: fc.constantFrom("chroma", "postgres", "configuration/secrets"),
  pointId: fc.uuid(),
  asOf: fc.integer({ min: 0, max: 800 * 24 }).map((hours) => iso(NOW_MS - hours * 3_600_000)),
  lockedUntil: fc.integer({ min: -400, max: 400 }).map(daysAgo),
  good: fc.boolean(),
});
const somePoints = fc.uniqueArray(anyPoint, { selector: ({ pointId }) => pointId, maxLength: 40 });
const count = fc.integer({ min: 0, max: 5 });
const anyPolicy = fc
  .record({
    backupRetentionDays: fc.integer({ min: 1, max: 400 }),
    documentsRetentionDays: fc.constant(365),
    longTerm: fc.record({ hourly: count, daily: count, weekly: count, monthly: count }),
  })
  .map(retentionPolicy);

const keptOf = (points: readonly RetainedPoint[], policy: RetentionPolicy, now = NOW): RetainedPoint[] =>
  decide(points, policy, now).flatMap(({ point, keep }) => (keep ? [point] : []));

describe("whatever the points are, retention", () => {
  test("keeps the newest good point of every series, and everything that is locked", () =>
    fc.assert(
      fc.property(somePoints, anyPolicy, (points, policy) => {
        const kept = new Set(keptOf(points, policy));
        for (const point of points) {
          const newer = points.some(
            ({ series, good, asOf, pointId }) =>
              series === point.series && good && (asOf > point.asOf || (asOf === point.asOf && pointId > point.pointId)),
          );
          if ((point.good && !newer) || Date.parse(point.lockedUntil) > NOW_MS) expect(kept.has(point)).toBe(true);
        }
      }),
    ));

  test("says a reason of each, in the order that it was asked in", () =>
    fc.assert(
      fc.property(somePoints, anyPolicy, (points, policy) => {
        const decisions = decide(points, policy, NOW);
        expect(decisions.map(({ point }) => point)).toEqual(points);
        expect(decisions.every(({ reason }) => reason.length > 0)).toBe(true);
      }),
    ));

  test("says the same in every order", () =>
    fc.assert(
      fc.property(somePoints, anyPolicy, fc.infiniteStream(fc.nat()), (points, policy, keys) => {
        const drawn = new Map(points.map((point) => [point, keys.next().value]));
        const shuffled = [...points].sort((a, b) => (drawn.get(a) ?? 0) - (drawn.get(b) ?? 0));
        expect(saidOf(shuffled, policy)).toEqual(saidOf(points, policy));
      }),
    ));

  test("keeps what it kept when what it dropped is gone", () =>
    fc.assert(
      fc.property(somePoints, anyPolicy, (points, policy) => {
        const kept = keptOf(points, policy);
        expect(keptOf(kept, policy)).toEqual(kept);
      }),
    ));

  test("brings nothing back by time alone", () =>
    fc.assert(
      fc.property(somePoints, anyPolicy, fc.integer({ min: 0, max: 1000 }), (points, policy, days) => {
        const now = new Set(keptOf(points, policy));
        for (const point of keptOf(points, policy, new Date(NOW_MS + days * DAY_MS))) expect(now.has(point)).toBe(true);
      }),
    ));

  test("never drops for a newer point that nobody has proven", () =>
    fc.assert(
      fc.property(somePoints, anyPolicy, anyPoint, (points, policy, added) => {
        const before = keptOf(points, policy);
        const after = new Set(keptOf([...points, { ...added, good: false }], policy));
        for (const point of before) expect(after.has(point)).toBe(true);
      }),
    ));

  test("has the locks renewed of exactly what it will keep when they end", () =>
    fc.assert(
      fc.property(somePoints, anyPolicy, fc.integer({ min: 1, max: 30 }), (points, policy, marginDays) => {
        const horizon = new Date(NOW_MS + marginDays * DAY_MS);
        const renewed = renewals(points, policy, NOW, marginDays);
        const kept = keptOf(points, policy, horizon).filter(({ lockedUntil }) => Date.parse(lockedUntil) <= horizon.getTime());
        expect(renewed.map(({ point }) => point)).toEqual(kept);
        expect(renewed.every(({ until }) => until > horizon)).toBe(true);
      }),
    ));
});
