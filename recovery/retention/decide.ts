import { keptLongTerm } from "./long-term";
import { groupBy, newestOf, type RetainedPoint } from "./point";
import { holdOf, type RetentionPolicy } from "./policy";

export interface Decision<Point> {
  readonly point: Point;
  readonly keep: boolean;
  readonly reason: string;
}

const DAY_MS = 86_400_000;

/** The reason of a point that is kept because it may be all that there is. */
export const NO_GOOD_ONE = "no point of its series is known to be good";

/**
 * What is kept and what may go, with the reason of each, in the order of the points. Pure: the answer depends neither on their order nor on earlier
 * answers, and time alone brings nothing back that was dropped. It must see all points of a series, or it cannot know which good one is the last.
 */
export const decide = <Point extends RetainedPoint>(
  points: readonly Point[],
  policy: RetentionPolicy,
  now: Date,
): readonly Decision<Point>[] => {
  const contexts = new Map([...groupBy(points, ({ series }) => series)].map(([series, ofSeries]) => [series, contextOf(ofSeries, policy)]));
  return points.map((point) => {
    const context = contexts.get(point.series) ?? contextOf([point], policy);
    const reason = reasonToKeep(point, context, policy, now);
    return reason === undefined ? { point, keep: false, reason: reasonToDrop(point, policy) } : { point, keep: true, reason };
  });
};

interface SeriesContext {
  readonly lastGood: RetainedPoint | undefined;
  readonly longTerm: ReadonlyMap<RetainedPoint, string>;
}

const contextOf = (ofSeries: readonly RetainedPoint[], policy: RetentionPolicy): SeriesContext => {
  const good = ofSeries.filter((point) => point.good);
  return { lastGood: newestOf(good), longTerm: keptLongTerm(good, policy.longTerm) };
};

/** The strongest reason first: it is what a person reads. */
const reasonToKeep = (
  point: RetainedPoint,
  { lastGood, longTerm }: SeriesContext,
  policy: RetentionPolicy,
  now: Date,
): string | undefined => {
  const hold = holdOf(policy, point.series);
  if (point === lastGood) return "the last good point of its series";
  if (hold.kind === "forever") return "its series is kept for ever";
  if (Date.parse(point.lockedUntil) > now.getTime()) return `locked until ${point.lockedUntil}`;
  if (Date.parse(point.asOf) + hold.days * DAY_MS > now.getTime()) return `younger than ${hold.days} days`;
  // It could still turn out to be all that there is.
  if (lastGood === undefined) return NO_GOOD_ONE;
  return longTerm.get(point);
};

const reasonToDrop = ({ series, good }: RetainedPoint, policy: RetentionPolicy): string => {
  const hold = holdOf(policy, series);
  const age = hold.kind === "days" ? `older than ${hold.days} days and no longer locked` : "no longer locked";
  return good ? `${age}, and a newer good point stands` : `${age}, and it is not known to be good`;
};
