import {
  CreateJobCommand,
  DescribeJobCommand,
  type JobDescriptor,
  type S3ControlClient,
  UpdateJobStatusCommand,
} from "@aws-sdk/client-s3-control";
import type { Backfill } from "../../recovery/existing/backfill";

/** A batch job, as far as a backfill is followed by it. */
export interface BatchJob {
  readonly status: "running" | "complete" | "failed" | "cancelled";
  readonly objects: Backfill["objects"];
  readonly reasons: readonly string[];
  readonly endedAt?: Date;
}

/** The batch jobs that replicate what was in a bucket before its rules. */
export interface BatchJobs {
  /** Asks for a backfill and resolves with its job; the same token brings the same job. */
  start(backfill: Pick<Backfill, "bucket" | "system" | "token">, roleArn: string): Promise<string>;
  /** undefined when S3 no longer knows it: 90 days after its end. */
  find(jobId: string): Promise<BatchJob | undefined>;
  cancel(jobId: string): Promise<void>;
}

export interface JobPlace {
  readonly accountId: string;
  readonly reportBucket: string;
}

/** Below it the completion reports lie. */
export const REPORT_PREFIX = "backfill";

export const reportManifestKey = (jobId: string): string => `${REPORT_PREFIX}/job-${jobId}/manifest.json`;

const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;

export const s3BatchJobs = (client: S3ControlClient, { accountId, reportBucket }: JobPlace): BatchJobs => ({
  async start({ bucket, system, token }, roleArn) {
    const { JobId } = await client.send(
      new CreateJobCommand({
        AccountId: accountId,
        ClientRequestToken: token,
        Description: `Lifeboat ${system}: backfill of ${bucket}`,
        ConfirmationRequired: false,
        Priority: 1,
        RoleArn: roleArn,
        Operation: { S3ReplicateObject: {} },
        ManifestGenerator: {
          S3JobManifestGenerator: {
            SourceBucket: bucketArn(bucket),
            ExpectedBucketOwner: accountId,
            EnableManifestOutput: false,
            // All but what is about to be replicated by itself. NONE and FAILED would leave out what another rule replicated, to another bucket
            // (COMPLETED), and what came by replication itself, which live replication never passes on (REPLICA):
            // https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html#batch-replication-filters
            Filter: { EligibleForReplication: true, ObjectReplicationStatuses: ["NONE", "FAILED", "COMPLETED", "REPLICA"] },
          },
        },
        Report: {
          Enabled: true,
          Bucket: bucketArn(reportBucket),
          Prefix: REPORT_PREFIX,
          Format: "Report_CSV_20180820",
          ReportScope: "FailedTasksOnly",
          ExpectedBucketOwner: accountId,
        },
      }),
    );
    if (JobId === undefined) throw new Error("S3 gave the batch job no id");
    return JobId;
  },

  async find(jobId) {
    try {
      const { Job } = await client.send(new DescribeJobCommand({ AccountId: accountId, JobId: jobId }));
      return Job === undefined ? undefined : jobOf(Job);
    } catch (error) {
      if (isUnknown(error)) return undefined;
      throw error;
    }
  },

  async cancel(jobId) {
    try {
      const request = { AccountId: accountId, JobId: jobId, RequestedJobStatus: "Cancelled" as const };
      await client.send(new UpdateJobStatusCommand({ ...request, StatusUpdateReason: "The bucket's protection was changed" }));
    } catch (error) {
      // It ended by itself meanwhile, which is as good.
      if (!isUnknown(error) && nameOf(error) !== "JobStatusException") throw error;
    }
  },
});

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

/** The API's model says NotFoundException, the user guide NoSuchJobException. https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshooting-batch-operations.html */
const isUnknown = (error: unknown): boolean => ["NotFoundException", "NoSuchJobException", "NoSuchJob"].includes(nameOf(error));

const ENDS: Readonly<Record<string, BatchJob["status"]>> = { Complete: "complete", Failed: "failed", Cancelled: "cancelled" };

const jobOf = ({ Status, ProgressSummary, FailureReasons, TerminationDate }: JobDescriptor): BatchJob => ({
  status: (Status === undefined ? undefined : ENDS[Status]) ?? "running",
  objects: {
    total: ProgressSummary?.TotalNumberOfTasks ?? 0,
    succeeded: ProgressSummary?.NumberOfTasksSucceeded ?? 0,
    failed: ProgressSummary?.NumberOfTasksFailed ?? 0,
  },
  reasons: (FailureReasons ?? []).map(({ FailureCode = "", FailureReason = "" }) => `${FailureCode}: ${FailureReason}`),
  endedAt: TerminationDate,
});
