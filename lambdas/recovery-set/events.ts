import * as z from "zod";

/** A schedule calls it; nothing of the event is read. */
export const RecoverySetEvent = z.unknown();

export const RecoverySetResponse = z.object({
  key: z.string(),
  setId: z.string(),
  skewSeconds: z.number().nonnegative(),
  missing: z.array(z.string()),
});
export type RecoverySetResponse = z.infer<typeof RecoverySetResponse>;
