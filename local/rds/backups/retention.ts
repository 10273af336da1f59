import { formatMicros, type Micros, toMicros } from "./micros";
import { segmentName } from "./segments";
import type { BaseFacts } from "./window";

export interface Expiry {
  readonly bases: readonly string[];
  /** Segments with a lower number are needed by no kept base backup. */
  readonly segmentsBefore: number;
  readonly reason: string;
}

const DAY_MICROS = 86_400_000_000n;

/**
 * What may go: base backups that no time of the retention period is restored from, and the WAL before the oldest kept one. The base backup from before the
 * period is kept until a newer one is that old, or the period's first times could not be restored; so the last one always stays.
 */
export const expiryOf = (bases: readonly BaseFacts[], now: Date, retentionDays: number): Expiry | undefined => {
  const begin: Micros = toMicros(now) - BigInt(Math.round(retentionDays * 86_400)) * (DAY_MICROS / 86_400n);
  const oldestKept = bases.findLast(({ end }) => end <= begin);
  const dropped = oldestKept === undefined ? [] : bases.slice(0, bases.indexOf(oldestKept));
  if (oldestKept === undefined || dropped.length === 0) return undefined;
  return {
    bases: dropped.map(({ id }) => id),
    segmentsBefore: oldestKept.first.number,
    reason: `${retentionDays} days are restored from the base backup ${oldestKept.id}, which ended at ${formatMicros(oldestKept.end)} and begins in ${segmentName(oldestKept.first)}`,
  };
};
