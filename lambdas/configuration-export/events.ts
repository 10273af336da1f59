import * as z from "zod";

/** A schedule calls it; nothing of the event is read. */
export const ConfigurationExportEvent = z.unknown();

export const ConfigurationExportResponse = z.object({
  subjects: z.array(
    z.object({
      subject: z.string(),
      outcome: z.enum(["exported", "unchanged"]),
      pointId: z.string(),
      /** Secrets, parameters or files. */
      count: z.int().nonnegative(),
    }),
  ),
  /** Names of secrets without a copy in the recovery region that is in step. */
  withoutReplica: z.array(z.string()),
});
export type ConfigurationExportResponse = z.infer<typeof ConfigurationExportResponse>;
