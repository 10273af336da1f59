import * as z from "zod";

/** A schedule calls it; nothing of the event is read. */
export const RecoverySetEvent = z.unknown();

export const RecoverySetResponse = z.object({
  key: z.string(),
  setId: z.string(),
  skewSeconds: z.number().nonnegative(),
  missing: z.array(z.string()),
  /** Keys of the catalogue under which somebody wrote who may not. */
  forged: z.array(z.string()),
  /** What looks like damage to a store's content. */
  damage: z.array(z.string()),
});
export type RecoverySetResponse = z.infer<typeof RecoverySetResponse>;
