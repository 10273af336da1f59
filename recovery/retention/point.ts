import type { Series } from "../catalogue/series";

/** A recovery point as retention sees it. Times are ISO, UTC. */
export interface RetainedPoint {
  readonly series: Series;
  readonly pointId: string;
  readonly asOf: string;
  /** The end of its lock as it is known to stand: a renewal may have moved it beyond what the entry says. */
  readonly lockedUntil: string;
  /** Read back, and the proof passed. A point that nobody has read back is not good. */
  readonly good: boolean;
}

/** The later one; of one time, the one whose id sorts later, so that no answer depends on the order. */
export const isNewer = (a: RetainedPoint, b: RetainedPoint): boolean => {
  const difference = Date.parse(a.asOf) - Date.parse(b.asOf);
  return difference > 0 || (difference === 0 && a.pointId > b.pointId);
};

export const newestOf = <Point extends RetainedPoint>(points: readonly Point[]): Point | undefined =>
  points.reduce<Point | undefined>((newest, point) => (newest === undefined || isNewer(point, newest) ? point : newest), undefined);

/** Groups by a key, each group in the order of the points. */
export const groupBy = <Key, Value>(values: readonly Value[], keyOf: (value: Value) => Key): ReadonlyMap<Key, readonly Value[]> => {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
};
