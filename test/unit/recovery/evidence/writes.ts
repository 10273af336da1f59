import { sha256Hex } from "../../../../recovery/checksum";
import type { LedgerEntry } from "../../../../recovery/evidence/ledger";

export const PRIMARY = "us-east-1";
export const RECOVERY = "eu-west-1";
/** Seconds of a test's clock. */
export const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

/** A write of the test's sequence number, attempted at that second and acknowledged half a second later. */
export const write = (sequence: number, changes: Partial<LedgerEntry> = {}): LedgerEntry => ({
  sequence,
  store: "objects",
  operation: "put",
  key: "a",
  digest: sha256Hex(`content ${sequence}`),
  attemptedAt: at(sequence).toISOString(),
  acknowledgedAt: at(sequence + 0.5).toISOString(),
  region: PRIMARY,
  load: false,
  ...changes,
});

export const deletion = (sequence: number, changes: Partial<LedgerEntry> = {}): LedgerEntry =>
  write(sequence, { operation: "delete", digest: undefined, ...changes });
