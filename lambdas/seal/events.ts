import * as z from "zod";
import { S3Event } from "../shared/events";

/** S3 tells it of each object that arrives in the vault (the prefixes of `EXPORT_KINDS`). */
export const SealEvent = S3Event;
export type SealEvent = z.infer<typeof SealEvent>;

export const SealedPoint = z.object({
  pointId: z.string(),
  /** `waiting`: the manifest or a part has not arrived; its own event comes back here. */
  outcome: z.enum(["sealed", "already-sealed", "waiting"]),
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
