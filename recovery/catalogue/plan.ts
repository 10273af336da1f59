import * as z from "zod";
import { Sha256 } from "../chroma/manifest";
import { RECOVERY_MODES, STRATEGIES } from "../store";

/** A recovery's name: it stands in keys and in names of resources. */
export const RecoveryId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "lower-case letters, digits and hyphens, 63 at most");

/** What a recovery restores, resolved once and pinned in the catalogue: a second `up` of the same recovery reads it and changes nothing. */
export const RecoveryPlan = z.object({
  schema: z.literal("lifeboat/recovery-plan/1"),
  system: z.string(),
  recoveryId: z.string(),
  mode: z.enum(RECOVERY_MODES),
  strategy: z.enum(STRATEGIES),
  /** The time that was asked for, with strategy point-in-time. */
  requestedTime: z.iso.datetime().optional(),
  resolvedAt: z.iso.datetime(),
  stores: z.object({
    chroma: z
      .object({
        pointId: z.string(),
        entryKey: z.string(),
        entrySha256: Sha256,
        manifestKey: z.string(),
        manifestVersionId: z.string(),
        manifestSha256: Sha256,
        asOf: z.iso.datetime(),
        windowFinishedAt: z.iso.datetime(),
        records: z.int().nonnegative(),
        passedOver: z.array(z.object({ key: z.string(), reason: z.string() })),
      })
      .optional(),
    postgres: z
      .object({
        /** The automated backups in the recovery region that the restore reads. */
        automatedBackupsArn: z.string(),
        /** RDS's `DbiResourceId`: an instance made again under the same name is another one. */
        sourceResourceId: z.string(),
        engineVersion: z.string(),
        /** The time that is restored to: every commit that was acknowledged before it is in the recovery, and none that was sent after it. */
        asOf: z.iso.datetime(),
        /** What could have been chosen when it was resolved. */
        window: z.object({ earliest: z.iso.datetime(), latest: z.iso.datetime() }),
      })
      .optional(),
    objects: z
      .object({
        bucket: z.string(),
        /** When the canary was written: all that was written before it is in the recovery. */
        asOf: z.iso.datetime(),
        /**
         * When the canary's version was made, by the replica's own clock: a bucket taken back to `asOf` holds the versions up to
         * this time. On AWS a replica keeps its source's time and both are the same but for the rounding to seconds.
         * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-and-other-bucket-configs.html
         */
        arrivedAt: z.iso.datetime().optional(),
      })
      .optional(),
  }),
  /** Seconds between the stores' times: references across it may be broken, and are listed as loss. */
  skewSeconds: z.number().nonnegative(),
});
export type RecoveryPlan = z.infer<typeof RecoveryPlan>;

/** Seconds between the earliest and the latest time of the stores. */
export const skewSeconds = (times: readonly string[]): number => {
  const stamps = times.map((time) => Date.parse(time));
  return stamps.length === 0 ? 0 : (Math.max(...stamps) - Math.min(...stamps)) / 1000;
};
