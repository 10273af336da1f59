import * as z from "zod";
import { RecoveryId } from "../../recovery/catalogue/plan";
import { Check } from "../../recovery/catalogue/point";

/** `dr` calls it in a drill and in a recovery to a time, with the bucket that it made for it. */
export const DocumentsRestoreEvent = z.object({ recoveryId: RecoveryId, targetBucket: z.string().min(3).max(63) });
export type DocumentsRestoreEvent = z.infer<typeof DocumentsRestoreEvent>;

/** Also what is kept in the catalogue as the recovery's result for the store. */
export const DocumentsRestoreResponse = z.object({
  schema: z.literal("lifeboat/restored-objects/1"),
  system: z.string(),
  recoveryId: z.string(),
  store: z.literal("objects"),
  targetBucket: z.string(),
  asOf: z.iso.datetime(),
  /** When the first call of this recovery began. */
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  objects: z.int().nonnegative(),
  sizeBytes: z.int().nonnegative(),
  /** What earlier calls had copied before they were interrupted. */
  alreadyThere: z.int().nonnegative(),
  checks: z.array(Check),
  passed: z.boolean(),
});
export type DocumentsRestoreResponse = z.infer<typeof DocumentsRestoreResponse>;
