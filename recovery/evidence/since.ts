import type { LedgerEntry } from "./ledger";

/** Tells what an application wrote to the recovered stores from what it had written before: the former is its own, and no part of what is measured. */
export interface Since {
  /** "cut-over": written since then. */
  readonly event: string;
  /** "in the recovery region": where it was written to. */
  readonly place: string;
  includes(entry: LedgerEntry): boolean;
}

/** Of a recovery in another region: whatever was sent to that region. */
export const inAnotherRegion = (primaryRegion: string): Since => ({
  event: "cut-over",
  place: "in the recovery region",
  includes: ({ region }) => region !== primaryRegion,
});

/** Of a recovery at the same endpoints: whatever was sent from a time on, at which the application had ended what the disaster had met it at. */
export const sentFrom = (time: Date): Since => ({
  event: "the disaster",
  place: "at the same endpoints",
  includes: ({ attemptedAt }) => Date.parse(attemptedAt) >= time.getTime(),
});

/** The whole ledger is measured: of stores that were not recovered, because nothing had been taken from them. */
export const NEVER: Since = { event: "never", place: "nowhere", includes: () => false };
