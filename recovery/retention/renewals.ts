import { type Decision, decide } from "./decide";
import type { RetainedPoint } from "./point";
import { lockDaysOf, type RetentionPolicy } from "./policy";

export interface Renewal<Point> {
  readonly point: Point;
  /** Why it is kept although its lock is about to end. */
  readonly reason: string;
  readonly until: Date;
}

const DAY_MS = 86_400_000;

/**
 * The points whose lock ends within the margin and that the policy keeps all the same: with their locks renewed, lifecycle rules take what is dropped
 * and nothing else. It must see all points of a series, like `decide`. A margin of several runs leaves time for one that fails.
 */
export const renewals = <Point extends RetainedPoint>(
  points: readonly Point[],
  policy: RetentionPolicy,
  now: Date,
  marginDays: number,
): readonly Renewal<Point>[] => {
  const horizon = new Date(now.getTime() + marginDays * DAY_MS);
  return decide(points, policy, horizon).flatMap(({ point, keep, reason }: Decision<Point>) =>
    keep && Date.parse(point.lockedUntil) <= horizon.getTime()
      ? [{ point, reason, until: new Date(horizon.getTime() + lockDaysOf(policy, point.series) * DAY_MS) }]
      : [],
  );
};
