import * as z from "zod";
import { sha256Hex } from "../checksum";
import { RESERVED_DOCUMENTS_PREFIX } from "../names";
import type { Wanted } from "./replication";

/**
 * In the protected bucket itself, so that replication carries it to the recovery region: whoever recovers must know whether the replica
 * ever held everything. The canary does not say it: it is newer than all that was there before protection.
 */
export const BACKFILL_KEY = `${RESERVED_DOCUMENTS_PREFIX}backfill.json`;

/** One object that could not be replicated. */
export const FailedObject = z.object({ key: z.string(), versionId: z.string(), code: z.string(), message: z.string() });
export type FailedObject = z.infer<typeof FailedObject>;

/** How many of them are listed; the completion report has all. */
export const FAILED_LISTED = 100;

/** How far the objects that were there before protection have come. */
export const Backfill = z.object({
  schema: z.literal("lifeboat/backfill/1"),
  system: z.string(),
  bucket: z.string(),
  /** Of the rules that it was asked for. */
  rulesSha256: z.string(),
  /** Written down before the job is asked for, so that a second request for the same backfill is the same request. */
  token: z.string().max(64),
  requestedAt: z.iso.datetime(),
  jobId: z.string().optional(),
  status: z.enum(["requested", "running", "complete", "failed", "cancelled"]),
  objects: z.object({ total: z.int().nonnegative(), succeeded: z.int().nonnegative(), failed: z.int().nonnegative() }),
  failed: z.array(FailedObject),
  /** S3's own words where the job as a whole failed. */
  reasons: z.array(z.string()),
  /** The completion report's manifest, once there is one. */
  report: z.string().optional(),
  endedAt: z.iso.datetime().optional(),
});
export type Backfill = z.infer<typeof Backfill>;

/** Without priorities: they follow from others' rules, and change nothing of what is replicated. */
const rulesSha256 = ({ role, rules }: Protected): string => sha256Hex(JSON.stringify([role, rules]));

/** What is protected and by which rules. */
export type Protected = Pick<Wanted, "system" | "bucket" | "role" | "rules">;

/**
 * A new backfill of the bucket. Its time is in the token: a protection that was taken away and made again later has a gap that only a new job
 * fills, and S3 would answer a token that it knows with the old one. https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateJob.html
 */
export const newBackfill = (wanted: Protected, now: Date): Backfill => {
  const { system, bucket } = wanted;
  const sha256 = rulesSha256(wanted);
  const requestedAt = now.toISOString();
  return {
    schema: "lifeboat/backfill/1",
    system,
    bucket,
    rulesSha256: sha256,
    token: sha256Hex(JSON.stringify([bucket, sha256, requestedAt])),
    requestedAt,
    status: "requested",
    objects: { total: 0, succeeded: 0, failed: 0 },
    failed: [],
    reasons: [],
  };
};

/** Whether the backfill stands for these rules and need not be asked for again. One that failed or was cancelled is made anew. */
export const stillStands = (backfill: Backfill, wanted: Protected): boolean =>
  backfill.system === wanted.system &&
  backfill.bucket === wanted.bucket &&
  backfill.rulesSha256 === rulesSha256(wanted) &&
  backfill.status !== "failed" &&
  backfill.status !== "cancelled";

export const isUnderWay = ({ status }: Backfill): boolean => status === "requested" || status === "running";
