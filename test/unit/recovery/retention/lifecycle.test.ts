import * as fc from "fast-check";
import { decide } from "../../../../recovery/retention/decide";
import type { RetainedPoint } from "../../../../recovery/retention/point";
import { lockDaysOf, noncurrentDays, type RetentionPolicy, retentionPolicy, vaultExpiries } from "../../../../recovery/retention/policy";
import { renewals } from "../../../../recovery/retention/renewals";

// What seal, renew-locks and S3's lifecycle rules do to a series over months, a day at a time.
const DAY_MS = 86_400_000;
const START_MS = Date.parse("2026-01-01T00:00:00Z");
const MARGIN_DAYS = 3;
const dateOf = (day: number): Date => new Date(START_MS + day * DAY_MS);
const dayOf = (time: string): number => (Date.parse(time) - START_MS) / DAY_MS;

/** Each is months of days. */
const RUNS = { numRuns: 40 };

type Day = "nothing" | "good" | "bad";

/** What is in the vault of a series after these days, and on each day what the policy says to keep of all that was ever taken. */
const live = (
  days: readonly Day[],
  policy: RetentionPolicy,
  series: string,
  renewsOn: (day: number) => boolean,
  look: (day: number, there: ReadonlySet<string>, kept: () => readonly string[]) => void,
) => {
  const expiryDays = vaultExpiries(policy).find(({ prefix }) => prefix === `catalogue/points/${series}/`)?.days ?? Number.POSITIVE_INFINITY;
  let points: RetainedPoint[] = [];
  for (const [day, taken] of days.entries()) {
    const now = dateOf(day);
    if (taken !== "nothing") {
      const until = dateOf(day + lockDaysOf(policy, series));
      points.push({ series, pointId: `p-${day}`, asOf: now.toISOString(), lockedUntil: until.toISOString(), good: taken === "good" });
    }
    if (renewsOn(day)) {
      const renewed = new Map(renewals(points, policy, now, MARGIN_DAYS).map(({ point, until }) => [point.pointId, until]));
      points = points.map((point) => ({ ...point, lockedUntil: renewed.get(point.pointId)?.toISOString() ?? point.lockedUntil }));
    }
    // An expired object is hidden; its version goes when it has been so for its days, unless it is locked.
    const isGone = ({ asOf, lockedUntil }: RetainedPoint): boolean =>
      day - dayOf(asOf) >= expiryDays + noncurrentDays(policy).vault && Date.parse(lockedUntil) <= now.getTime();
    points = points.filter((point) => !isGone(point));
    look(day, new Set(points.map(({ pointId }) => pointId)), () =>
      decide(points, policy, now).flatMap(({ point, keep }) => (keep ? [point.pointId] : [])),
    );
  }
  return points;
};

/** Spells of days: exports that fail or stop for longer than anything is held are what could lose the last good one. */
const someDays = fc
  .array(fc.tuple(fc.constantFrom<Day>("nothing", "good", "bad"), fc.integer({ min: 1, max: 25 })), { minLength: 1, maxLength: 6 })
  .map((spells) => spells.flatMap(([day, length]) => Array<Day>(length).fill(day)));
const somePolicy = fc
  .record({
    backupRetentionDays: fc.integer({ min: 3, max: 8 }),
    documentsRetentionDays: fc.constant(30),
    longTerm: fc.record({
      hourly: fc.constant(0),
      daily: fc.constant(0),
      weekly: fc.integer({ min: 0, max: 3 }),
      monthly: fc.integer({ min: 0, max: 2 }),
    }),
  })
  .map(retentionPolicy);

describe("locks, renewals and lifecycle rules together", () => {
  test("never lose the last good point, whatever was taken and whenever nothing was", () =>
    fc.assert(
      fc.property(someDays, somePolicy, (days, policy) => {
        let lastGood: string | undefined;
        live(
          days,
          policy,
          "chroma",
          () => true,
          (day, there) => {
            if (days[day] === "good") lastGood = `p-${day}`;
            if (lastGood !== undefined) expect(there.has(lastGood)).toBe(true);
          },
        );
      }),
      RUNS,
    ));

  test("keep all that the policy kept the day before and keeps today", () =>
    fc.assert(
      fc.property(someDays, somePolicy, (days, policy) => {
        let keptBefore: readonly string[] = [];
        live(
          days,
          policy,
          "chroma",
          () => true,
          (day, there, kept) => {
            const now = kept();
            if (days[day] === "nothing") for (const point of keptBefore) expect(there.has(point) || !now.includes(point)).toBe(true);
            keptBefore = now;
          },
        );
      }),
      RUNS,
    ));

  test("let what is dropped go: after the hold, the grace and a lock's length nothing but what is kept is there", () =>
    fc.assert(
      fc.property(someDays, somePolicy, (days, policy) => {
        const idle = Array<Day>(2 * lockDaysOf(policy, "chroma") + noncurrentDays(policy).vault + MARGIN_DAYS + 2).fill("nothing");
        const left = live(
          [...days, ...idle],
          policy,
          "chroma",
          () => true,
          () => undefined,
        );
        const kept = decide(left, policy, dateOf(days.length + idle.length)).filter(({ keep }) => keep);

        expect(left).toHaveLength(kept.length);
      }),
      RUNS,
    ));

  test("lose no good point when renewals fail for less than their margin", () =>
    fc.assert(
      fc.property(someDays, somePolicy, fc.integer({ min: 0, max: 100 }), (days, policy, from) => {
        let lastGood: string | undefined;
        const isDown = (day: number): boolean => day >= from && day < from + MARGIN_DAYS - 1;
        live(
          days,
          policy,
          "chroma",
          (day) => !isDown(day),
          (day, there) => {
            if (days[day] === "good") lastGood = `p-${day}`;
            if (lastGood !== undefined) expect(there.has(lastGood)).toBe(true);
          },
        );
      }),
      RUNS,
    ));

  test("keep configuration for ever", () =>
    fc.assert(
      fc.property(someDays, somePolicy, (days, policy) => {
        const left = live(
          [...days, ...Array<Day>(30).fill("nothing")],
          policy,
          "configuration/secrets",
          () => true,
          () => undefined,
        );

        expect(left).toHaveLength(days.filter((day) => day !== "nothing").length);
      }),
      RUNS,
    ));
});
