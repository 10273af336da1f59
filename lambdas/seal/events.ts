import * as z from "zod";
import { S3Event } from "../shared/events";

/** S3 tells it of each object that arrives in the vault (the prefixes of `EXPORT_KINDS`); anything else is its schedule, which goes on with what takes several runs, and with what S3 told in vain. */
export const SealEvent = z.union([S3Event, z.record(z.string(), z.unknown())]);
export type SealEvent = z.infer<typeof SealEvent>;

export const SealedPoint = z.object({
  pointId: z.string(),
  /**
   * `waiting`: the manifest or a part has not arrived; its own event comes back here. `unfinished`: the time was over; what was hashed and locked is kept, and
   * the next call, at the latest the next scheduled one, goes on from there.
   */
  outcome: z.enum(["sealed", "already-sealed", "waiting", "unfinished"]),
  entryKey: z.string().optional(),
  missing: z.int().nonnegative().optional(),
});
export type SealedPoint = z.infer<typeof SealedPoint>;

export const SealResponse = z.object({
  /** Versions that were locked, or whose lock was lengthened, as they arrived. */
  locked: z.int().nonnegative(),
  points: z.array(SealedPoint),
});
export type SealResponse = z.infer<typeof SealResponse>;
