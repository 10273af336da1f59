import fc from "fast-check";
import { decidingPoints } from "../../../../lambdas/renew-locks/good-points";
import { pointKey } from "../../../../recovery/catalogue/keys";
import { decide } from "../../../../recovery/retention/decide";
import type { RetainedPoint } from "../../../../recovery/retention/point";
import { NO_LONG_TERM, retentionPolicy } from "../../../../recovery/retention/policy";

const NOW = new Date("2026-11-24T22:00:00.000Z");
const HOUR_MS = 3_600_000;
const keyOf = ({ series, asOf, pointId }: RetainedPoint) => pointKey(series, asOf, pointId);

const prepare = (points: readonly RetainedPoint[]) => {
  const byKey = new Map(points.map((point) => [keyOf(point), point]));
  const read: string[] = [];
  async function* keys(): AsyncIterable<string> {
    yield* [...byKey.keys()].sort();
  }
  const judge = async (key: string) => {
    read.push(key);
    return byKey.get(key);
  };
  return { keys, judge, read };
};

const pointsArbitrary = fc.array(fc.record({ hoursAgo: fc.integer({ min: 0, max: 9_000 }), good: fc.boolean() }), { maxLength: 60 });
const longTerms = fc.record({ hourly: fc.nat(5), daily: fc.nat(5), weekly: fc.nat(5), monthly: fc.nat(5) });

test("whatever the points and the policy, each is decided by the few that were read as by all of them", async () => {
  await fc.assert(
    fc.asyncProperty(pointsArbitrary, longTerms, async (made, longTerm) => {
      const points = made.map(({ hoursAgo, good }, index): RetainedPoint => {
        const asOf = new Date(NOW.getTime() - hoursAgo * HOUR_MS).toISOString();
        return { series: "chroma", pointId: `p${String(index).padStart(3, "0")}`, asOf, lockedUntil: asOf, good };
      });
      const policy = retentionPolicy({ backupRetentionDays: 90, documentsRetentionDays: 90, longTerm });
      const { keys, judge } = prepare(points);

      const deciding = await decidingPoints(keys(), judge, longTerm);

      const word = (all: readonly RetainedPoint[], point: RetainedPoint) =>
        decide(all, policy, NOW).find((each) => each.point === point)?.keep;
      for (const point of points)
        expect(word([...deciding.filter(({ pointId }) => pointId !== point.pointId), point], point)).toBe(word(points, point));
    }),
  );
});

test("of ten thousand hourly points the newest is read, and for a year of months a handful more", async () => {
  const points = Array.from({ length: 10_000 }, (_, hour): RetainedPoint => {
    const asOf = new Date(NOW.getTime() - hour * HOUR_MS).toISOString();
    return { series: "chroma", pointId: `p${hour}`, asOf, lockedUntil: asOf, good: true };
  });
  const short = prepare(points);
  const long = prepare(points);

  await decidingPoints(short.keys(), short.judge, NO_LONG_TERM);
  await decidingPoints(long.keys(), long.judge, { ...NO_LONG_TERM, monthly: 12, daily: 30 });

  expect(short.read).toHaveLength(1);
  // Two of the twelve months are among the thirty days.
  expect(long.read).toHaveLength(30 + 10);
});
