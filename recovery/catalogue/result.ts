import * as z from "zod";
import { MeasuredRestore } from "../estimates/measured-restore";
import { STORES } from "../store";
import { Check } from "./point";

/** What one store's restore did, kept in the catalogue beside its plan. Written last, and only when every check passed. */
export const RecoveryResult = z.object({
  schema: z.literal("lifeboat/recovery-result/1"),
  system: z.string(),
  recoveryId: z.string(),
  store: z.enum(STORES),
  pointId: z.string(),
  /** When the call that completed the restore began; a restore that was interrupted began earlier. */
  startedAt: z.iso.datetime(),
  /** When all records had been given to the new server. */
  importedAt: z.iso.datetime(),
  /** When all of them had been read back from it. */
  verifiedAt: z.iso.datetime(),
  /** When a first query had been answered by each collection: the indexes are in memory, applications can be sent there. */
  firstQueryAt: z.iso.datetime(),
  records: z.int().nonnegative(),
  /** Absent in results of before 2026-11-27. */
  measured: MeasuredRestore.optional(),
  checks: z.array(Check),
  passed: z.boolean(),
});
export type RecoveryResult = z.infer<typeof RecoveryResult>;
