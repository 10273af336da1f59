import * as z from "zod";
import { S3Event } from "../shared/events";

/** S3 tells it of each entry under `catalogue/points/` of the vault; anything else is its schedule, which looks for what was missed. */
export const VerifyEvent = z.union([S3Event, z.record(z.string(), z.unknown())]);

export const VerifiedPoint = z.object({
  entryKey: z.string(),
  /** `unreadable`: the object is no entry; it is never selected, and no proof can name it. `expired`: its lock has ended. */
  outcome: z.enum(["passed", "failed", "already-proven", "unreadable", "expired"]),
});
export type VerifiedPoint = z.infer<typeof VerifiedPoint>;

export const VerifyResponse = z.object({ points: z.array(VerifiedPoint) });
export type VerifyResponse = z.infer<typeof VerifyResponse>;
