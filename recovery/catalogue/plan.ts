import * as z from "zod";
import { RestoreOutlook } from "../estimates/chroma";
import { RECOVERY_MODES, STRATEGIES } from "../store";
import { Sha256 } from "./export";

/** A recovery's name: it stands in keys and in names of resources. */
export const RecoveryId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "lower-case letters, digits and hyphens, 63 at most");

/** A new database from automated backups, at a time. */
const RestoreToTime = z.object({
  method: z.literal("restore"),
  /** The automated backups in the recovery region that the restore reads. */
  automatedBackupsArn: z.string(),
  /** RDS's `DbiResourceId`: an instance made again under the same name is another one. */
  sourceResourceId: z.string(),
  engineVersion: z.string(),
  /** The time that is restored to: every commit that was acknowledged before it is in the recovery, and none that was sent after it. */
  asOf: z.iso.datetime(),
  /** What could have been chosen when it was resolved. */
  window: z.object({ earliest: z.iso.datetime(), latest: z.iso.datetime() }),
});

/** The standing read replica becomes the database: all that had arrived is in it. */
const Promotion = z.object({
  method: z.literal("promotion"),
  /** The replica's identifier and its `DbiResourceId`: only this one may be promoted. */
  instance: z.string(),
  resourceId: z.string(),
  engineVersion: z.string(),
  /** How far it was behind when the plan was made, by RDS's own measurement. */
  lagSeconds: z.number().nonnegative(),
  /** An estimate, `resolvedAt` less the lag: `PostgresResult` has what was found once it was promoted. */
  asOf: z.iso.datetime(),
  /**
   * What it held for certain, by the beginning of the period that its lag was measured in. A source that nobody writes to makes `asOf` too late by as
   * much as the measurement is old. Absent in plans of before 2026-11-26.
   */
  measuredAsOf: z.iso.datetime().optional(),
});

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
        /** How long its restore was expected to take when it was chosen; absent where that could not be told. */
        expected: RestoreOutlook.optional(),
        passedOver: z.array(z.object({ key: z.string(), reason: z.string() })),
      })
      .optional(),
    postgres: z.discriminatedUnion("method", [RestoreToTime, Promotion]).optional(),
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
        /** Present when the bucket was there before its protection and not all that it held then is known to be in the recovery. */
        incompleteBackfill: z
          .object({
            reason: z.string(),
            /** Documents of before this time may be missing; absent when nobody knows the time. */
            before: z.iso.datetime().optional(),
          })
          .optional(),
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

/** The plan with the time that the database was found at: a promotion's own is an estimate, and references and skew are judged by what is there. */
export const asFound = (plan: RecoveryPlan, found: { readonly asOf?: string } | undefined): RecoveryPlan => {
  const { postgres } = plan.stores;
  if (postgres === undefined || found?.asOf === undefined || found.asOf === postgres.asOf) return plan;
  const stores = { ...plan.stores, postgres: { ...postgres, asOf: found.asOf } };
  return { ...plan, stores, skewSeconds: skewSeconds(Object.values(stores).flatMap((store) => store?.asOf ?? [])) };
};
