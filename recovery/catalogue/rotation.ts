import { sha256Hex } from "../checksum";

/** Reading everything again, an Nth of it a run. Random samples never reach everything; this does, in N runs. */
export interface Rotation {
  /** In how many runs everything is read. */
  readonly runs: number;
  /** Seconds between two runs, as they are scheduled. */
  readonly intervalSeconds: number;
}

/** The slot that a key is read in: the same in every rotation, and about as many keys in each. From 0 to `runs` - 1. */
export const slotOf = (key: string, runs: number): number => Number.parseInt(sha256Hex(key).slice(0, 12), 16) % runs;

/** Which interval since 1970 a time is in. */
export const tickAt = (time: Date, intervalSeconds: number): number => Math.floor(time.getTime() / (intervalSeconds * 1000));

/**
 * The slots of a run: that of its own tick, and those of the ticks since the last run that were missed, so that a run that did not take place costs a
 * longer run and no slot. Nothing is due twice in one tick. @param lastTick undefined when there was no run before
 */
export const slotsDue = (lastTick: number | undefined, tick: number, runs: number): readonly number[] => {
  const from = lastTick === undefined ? tick : Math.max(lastTick + 1, tick - runs + 1);
  return Array.from({ length: Math.max(0, tick - from + 1) }, (_, index) => (from + index) % runs);
};

/**
 * What a run has to read: first what the one before it did not come to, then its own slots. A key's own digest decides, so the keys pass by, and what is due
 * is all that is held.
 */
export const keysDue = async (
  keys: AsyncIterable<string> | Iterable<string>,
  slots: readonly number[],
  runs: number,
  left: readonly string[],
): Promise<readonly string[]> => {
  const due = new Set(slots);
  const first = new Set(left);
  const own: string[] = [];
  const carried = new Set<string>();
  for await (const key of keys) {
    if (first.has(key)) carried.add(key);
    else if (due.has(slotOf(key, runs))) own.push(key);
  }
  // In the order in which they were left; what is gone meanwhile is not due.
  return [...left.filter((key) => carried.has(key)), ...own];
};
