import * as z from "zod";

/** What the canary writes into a store: the time of the write, so that its age in the recovery region is the measured lag. */
export const Canary = z.object({
  schema: z.literal("lifeboat/canary/1"),
  system: z.string(),
  writtenAt: z.iso.datetime(),
});
export type Canary = z.infer<typeof Canary>;

/** Seconds by which the recovery region is behind: all that was written after `writtenAt` would be lost now. Never negative: clocks differ. */
export const lagSeconds = (writtenAt: string, now: Date): number => Math.max(0, (now.getTime() - Date.parse(writtenAt)) / 1000);
