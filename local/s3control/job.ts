import type { JobRequest } from "./shapes";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-job-status.html#batch-ops-job-status-table */
export type JobStatus =
  | "New"
  | "Preparing"
  | "Suspended"
  | "Ready"
  | "Active"
  | "Completing"
  | "Complete"
  | "Cancelling"
  | "Cancelled"
  | "Failed";

export interface Job {
  readonly id: string;
  readonly arn: string;
  readonly region: string;
  readonly request: JobRequest;
  readonly createdAt: Date;
  status: JobStatus;
  statusReason?: string;
  endedAt?: Date;
  activeSeconds: number;
  readonly tasks: { total: number; succeeded: number; failed: number };
  failures: readonly { readonly code: string; readonly reason: string }[];
}

const ended: readonly JobStatus[] = ["Complete", "Cancelled", "Failed"];

export const hasEnded = ({ status }: Job): boolean => ended.includes(status);

export const sourceBucketOf = ({ request }: Job): string => bucketOf(request.ManifestGenerator.S3JobManifestGenerator.SourceBucket);

export const bucketOf = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

const progressOf = ({ tasks, activeSeconds }: Job) => ({
  TotalNumberOfTasks: tasks.total,
  NumberOfTasksSucceeded: tasks.succeeded,
  NumberOfTasksFailed: tasks.failed,
  Timers: { ElapsedTimeInActiveSeconds: Math.round(activeSeconds) },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_JobDescriptor.html */
export const descriptorOf = (job: Job): object => {
  const { ConfirmationRequired, Operation, Report, Description, Priority, RoleArn, ManifestGenerator } = job.request;
  return {
    JobId: job.id,
    ConfirmationRequired,
    Description,
    JobArn: job.arn,
    Status: job.status,
    Operation,
    Priority,
    ProgressSummary: progressOf(job),
    StatusUpdateReason: job.statusReason,
    FailureReasons: job.failures.map(({ code, reason }) => ({ FailureCode: code, FailureReason: reason })),
    Report,
    CreationTime: job.createdAt,
    TerminationDate: job.endedAt,
    RoleArn,
    ManifestGenerator: {
      S3JobManifestGenerator: {
        ...ManifestGenerator.S3JobManifestGenerator,
        Filter: filterOf(ManifestGenerator.S3JobManifestGenerator.Filter),
      },
    },
  };
};

const filterOf = ({ ObjectReplicationStatuses, ...rest }: JobRequest["ManifestGenerator"]["S3JobManifestGenerator"]["Filter"]) => ({
  ...rest,
  ObjectReplicationStatuses: ObjectReplicationStatuses?.member,
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_JobListDescriptor.html */
export const listedOf = (job: Job): object => ({
  JobId: job.id,
  Description: job.request.Description,
  Operation: "S3ReplicateObject",
  Priority: job.request.Priority,
  Status: job.status,
  CreationTime: job.createdAt,
  TerminationDate: job.endedAt,
  ProgressSummary: progressOf(job),
});
