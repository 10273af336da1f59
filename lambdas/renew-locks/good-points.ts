import { asOfMsOfKey } from "../../recovery/catalogue/keys";
import { periodOf } from "../../recovery/retention/long-term";
import type { RetainedPoint } from "../../recovery/retention/point";
import type { LongTerm } from "../../recovery/retention/policy";

/** An entry's point as it was judged; undefined when it is nobody's. */
export type JudgeEntry = (key: string) => Promise<RetainedPoint | undefined>;

/**
 * The good points that a policy's decisions depend on: the last one of the series, and the newest one of each period that is kept for the long term.
 * Keys tell their times, so that an entry is read only where it may be one of these: with an empty long term reading ends at the first good one.
 * @param keys of a whole series, newest first
 */
export const decidingPoints = async (
  keys: AsyncIterable<string>,
  judge: JudgeEntry,
  longTerm: LongTerm,
): Promise<readonly RetainedPoint[]> => {
  const kept = new Map<keyof LongTerm, Set<string>>();
  const found: RetainedPoint[] = [];
  const wanted = (asOfMs: number): readonly (readonly [keyof LongTerm, string])[] =>
    (Object.keys(longTerm) as (keyof LongTerm)[]).flatMap((name) => {
      const period = periodOf(name, new Date(asOfMs));
      const periods = kept.get(name) ?? new Set();
      return periods.size < longTerm[name] && !periods.has(period) ? [[name, period] as const] : [];
    });
  for await (const group of ofOneTime(keys)) {
    // Of one time the id that sorts later is the newer point.
    for (const { key, asOfMs } of group.reverse()) {
      const periods = wanted(asOfMs);
      if (periods.length === 0 && found.length > 0) continue;
      const point = await judge(key);
      if (point?.good !== true) continue;
      found.push(point);
      for (const [name, period] of periods) kept.set(name, (kept.get(name) ?? new Set()).add(period));
    }
    const complete = (Object.keys(longTerm) as (keyof LongTerm)[]).every((name) => (kept.get(name)?.size ?? 0) >= longTerm[name]);
    if (found.length > 0 && complete) return found;
  }
  return found;
};

interface Timed {
  readonly key: string;
  readonly asOfMs: number;
}

async function* ofOneTime(keys: AsyncIterable<string>): AsyncIterable<Timed[]> {
  let group: Timed[] = [];
  for await (const key of keys) {
    const asOfMs = asOfMsOfKey(key);
    if (asOfMs === undefined) continue;
    if (group[0] !== undefined && group[0].asOfMs !== asOfMs) {
      yield group;
      group = [];
    }
    group.push({ key, asOfMs });
  }
  if (group.length > 0) yield group;
}
