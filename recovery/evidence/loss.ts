import { type LedgerEntry, writeKey } from "./ledger";
import type { Since } from "./since";

/** What is in the recovered stores: the content's digest by `writeKey`. A key that is not in it is absent. */
export type RecoveredState = ReadonlyMap<string, string>;

export interface LossQuestion {
  /** Every write of the stores in question, in the order of their attempts. */
  readonly entries: readonly LedgerEntry[];
  /** Writes to what was recovered: they explain content, they are never loss. */
  readonly since: Since;
  readonly disasterAt: Date;
  readonly recovered: RecoveredState;
}

export interface Loss {
  /** Writes that were acknowledged before the disaster, the initial load included. */
  readonly acknowledgedWrites: number;
  readonly lostWrites: number;
  readonly recovered: number;
  /** From the acknowledgement of the oldest lost write to the disaster; 0 if none was lost. */
  readonly lossSeconds: number;
  readonly oldestLost?: LedgerEntry;
  /** Lost writes, oldest acknowledgement first. */
  readonly lost: readonly LedgerEntry[];
  /** Keys (`writeKey`) whose content no write, acknowledged or attempted, explains. */
  readonly unexpected: readonly string[];
  /** Keys of before the disaster that were written again since: what was recovered of them cannot be told any more. Content of since then counts as lost. */
  readonly overwritten: readonly string[];
}

/**
 * Compares recovered stores with the ledger. A write is recovered when its key's state is that of this write or of a later one of the same key,
 * acknowledged or merely attempted. It relies on one rule of the writer: a key whose write was not answered is not written again.
 */
export const measureLoss = ({ entries, since, disasterAt, recovered }: LossQuestion): Loss => {
  const histories = historiesOf(entries);
  const lost: LedgerEntry[] = [];
  const unexpected = [...recovered.keys()].filter((key) => !histories.has(key));
  const overwritten: string[] = [];
  let acknowledgedWrites = 0;
  for (const [key, history] of histories) {
    const state = recovered.get(key);
    if (state !== undefined && !history.some((write) => stateAfter(write) === state)) unexpected.push(key);
    const before = history.filter((write) => !since.includes(write));
    if (before.length > 0 && before.length < history.length) overwritten.push(key);
    const reached = before.findLastIndex((write) => stateAfter(write) === state);
    before.forEach((write, index) => {
      if (!acknowledgedBefore(write, disasterAt)) return;
      acknowledgedWrites += 1;
      if (index > reached) lost.push(write);
    });
  }
  lost.sort((a, b) => acknowledgedMs(a) - acknowledgedMs(b));
  const oldestLost = lost[0];
  return {
    acknowledgedWrites,
    lostWrites: lost.length,
    recovered: acknowledgedWrites - lost.length,
    lossSeconds: oldestLost === undefined ? 0 : (disasterAt.getTime() - acknowledgedMs(oldestLost)) / 1000,
    oldestLost,
    lost,
    unexpected,
    overwritten,
  };
};

const historiesOf = (entries: readonly LedgerEntry[]): Map<string, LedgerEntry[]> => {
  const histories = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const key = writeKey(entry);
    const history = histories.get(key);
    if (history === undefined) histories.set(key, [entry]);
    else history.push(entry);
  }
  return histories;
};

/** The digest that a key has after this write; undefined when it is absent then. */
const stateAfter = (write: LedgerEntry): string | undefined => (write.operation === "delete" ? undefined : write.digest);

const acknowledgedMs = (write: LedgerEntry): number =>
  write.acknowledgedAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(write.acknowledgedAt);

/** Whether the store had promised this write when the disaster came. */
export const acknowledgedBefore = (write: LedgerEntry, time: Date): boolean => acknowledgedMs(write) < time.getTime();
