import * as z from "zod";
import { Backfill } from "../../recovery/existing/backfill";

/** A rule that the bucket gets, but for its priority. */
export const Rule = z.object({
  id: z.string().min(1),
  prefix: z.string(),
  destinationBucket: z.string().min(3).max(63),
  destinationKeyArn: z.string().min(1),
  deleteMarkers: z.boolean(),
});

/**
 * `prod` calls it by an invocation in scope CRUD, which adds `tf`: to protect at create and update, to take its own away again at delete.
 * https://www.pulumi.com/registry/packages/aws/api-docs/lambda/invocation/
 */
export const ProtectBucketEvent = z.object({
  bucket: z.string().min(3).max(63),
  enableVersioning: z.boolean(),
  /** Of the key that the replication role may decrypt with; null where the bucket has none. */
  keyArn: z.string().min(1).nullable(),
  replicationRoleArn: z.string().min(1),
  ownsReplicationRole: z.boolean(),
  batchRoleArn: z.string().min(1),
  rules: z.array(Rule).min(1),
  tf: z.object({ action: z.enum(["create", "update", "delete"]) }),
});
export type ProtectBucketEvent = z.infer<typeof ProtectBucketEvent>;

/** A schedule's event: how far has the backfill come? https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export const ScheduledEvent = z.object({ source: z.literal("aws.events") });

export const ProtectBucketResponse = z.object({
  bucket: z.string(),
  /** What was done to the bucket's settings by this call; empty when all stood as it should. */
  changed: z.array(z.enum(["versioning", "replication"])),
  /** Null once the protection was taken away, and before it began. */
  backfill: Backfill.nullable(),
});
export type ProtectBucketResponse = z.infer<typeof ProtectBucketResponse>;
