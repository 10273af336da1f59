import * as z from "zod";
import { S3Event } from "../shared/events";

/** An operator names entries that are to be read back now, proven or not. */
export const VerifyAgain = z.object({ again: z.array(z.string()).min(1) });
export type VerifyAgain = z.infer<typeof VerifyAgain>;

/** S3 tells it of each entry under `catalogue/points/` of the vault; anything else is its schedule, which looks for what was missed. */
export const VerifyEvent = z.union([S3Event, VerifyAgain, z.record(z.string(), z.unknown())]);

export const VerifiedPoint = z.object({
  entryKey: z.string(),
  /**
   * `unreadable`: the object is no entry; it is never selected, and no proof can name it. `expired`: its lock has ended. `unfinished`: the time was over;
   * what was read is kept, and the next call, at the latest the next scheduled one, goes on from there.
   */
  outcome: z.enum(["passed", "failed", "already-proven", "unreadable", "expired", "unfinished"]),
  /** How it read back now, where it was read; `already-proven` then means that the newest proof says the same. */
  passed: z.boolean().optional(),
  failed: z.array(z.string()).optional(),
});
export type VerifiedPoint = z.infer<typeof VerifiedPoint>;

export const VerifyResponse = z.object({
  points: z.array(VerifiedPoint),
  /** How many entries a scheduled run read again; the reading that it wrote names them. */
  rotation: z.object({ passed: z.int(), failed: z.int(), left: z.int() }).optional(),
});
export type VerifyResponse = z.infer<typeof VerifyResponse>;
