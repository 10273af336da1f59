import * as z from "zod";

/** A schedule calls it; nothing of the event is read. */
export const CanaryEvent = z.unknown();
export const CanaryResponse = z.object({ key: z.string(), writtenAt: z.iso.datetime() });
export type CanaryResponse = z.infer<typeof CanaryResponse>;
