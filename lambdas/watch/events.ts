import * as z from "zod";

/**
 * A job of AWS Backup that did not end well, as EventBridge tells of it; which of the names come with it depends on the kind of the job. Anything else is
 * its schedule, of which nothing is read. https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
 */
export const SnapshotJobEvent = z.object({
  source: z.literal("aws.backup"),
  "detail-type": z.string(),
  region: z.string(),
  detail: z.object({
    state: z.string(),
    statusMessage: z.string().optional(),
    backupJobId: z.string().optional(),
    copyJobId: z.string().optional(),
    resourceArn: z.string().optional(),
    iamRoleArn: z.string().optional(),
    backupVaultName: z.string().optional(),
    backupVaultArn: z.string().optional(),
    sourceBackupVaultArn: z.string().optional(),
    destinationBackupVaultArn: z.string().optional(),
  }),
});
export type SnapshotJobEvent = z.infer<typeof SnapshotJobEvent>;

/** The stores that can be watched today. */
export const WatchedStore = z.enum(["postgres", "chroma", "objects"]);
export type WatchedStore = z.infer<typeof WatchedStore>;

/** What the last sample saw. A store without a lag published nothing: its alarm treats missing data as breaching. */
export const Lag = z.object({
  store: WatchedStore,
  lagSeconds: z.number().nonnegative().optional(),
  /** Of a store whose replication has a status of its own: whether it is not known to go on. */
  replicationStopped: z.boolean().optional(),
  reason: z.string(),
});
export type Lag = z.infer<typeof Lag>;

export const WatchResponse = z.object({ samples: z.int().nonnegative(), last: z.array(Lag) });
export type WatchResponse = z.infer<typeof WatchResponse>;
