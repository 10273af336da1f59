import { z } from "zod";
import { invalidRequest } from "./errors";

/** The shapes of https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateJob.html, as far as they are carried out. */
const flag = z.enum(["true", "false"]).transform((text) => text === "true");
/** An empty element arrives as an empty string. */
const empty = z.literal("").transform(() => ({}));
const bucketArn = z.string().regex(/^arn:aws:s3:::[a-z0-9][a-z0-9.-]+$/, "the ARN of a bucket");
const time = z.string().transform((text, context) => {
  const read = new Date(text);
  if (!Number.isNaN(read.getTime())) return read;
  context.addIssue({ code: "custom", message: "a time" });
  return z.NEVER;
});

export const replicationStatuses = ["NONE", "FAILED", "COMPLETED", "REPLICA"] as const;

const filter = z.strictObject({
  EligibleForReplication: flag.refine((eligible) => eligible, "only true is implemented here: the manifest of a replication job"),
  ObjectReplicationStatuses: z.strictObject({ member: z.array(z.enum(replicationStatuses)).min(1) }).optional(),
  CreatedAfter: time.optional(),
  CreatedBefore: time.optional(),
});

const report = z.strictObject({
  Enabled: flag,
  Bucket: bucketArn.optional(),
  Prefix: z.string().min(1).max(512).optional(),
  Format: z.literal("Report_CSV_20180820").optional(),
  ReportScope: z.enum(["AllTasks", "FailedTasksOnly"]).optional(),
  ExpectedBucketOwner: z.string().optional(),
});

const request = z.strictObject({
  ConfirmationRequired: flag.default(true),
  Operation: z.strictObject({ S3ReplicateObject: empty }),
  Report: report.refine(({ Enabled, Bucket, Format, ReportScope }) => !Enabled || (Bucket && Format && ReportScope), {
    error: "a report that is enabled needs Bucket, Format and ReportScope",
  }),
  ClientRequestToken: z.string().min(1).max(64),
  Description: z.string().min(1).max(256).optional(),
  Priority: z.coerce.number().int().min(0).max(2_147_483_647),
  RoleArn: z.string().regex(/^arn:aws:iam::\d{12}:role\/.+/, "the ARN of a role"),
  ManifestGenerator: z.strictObject({
    S3JobManifestGenerator: z.strictObject({
      ExpectedBucketOwner: z.string().optional(),
      SourceBucket: bucketArn,
      EnableManifestOutput: flag.refine((kept) => !kept, "a manifest that is kept is not implemented here"),
      Filter: filter,
    }),
  }),
});

export type JobRequest = z.infer<typeof request>;

/** Reads a CreateJob body. A member that is not known is refused by name. */
export const parseJobRequest = (body: unknown): JobRequest => {
  const parsed = z.object({ CreateJobRequest: request }).safeParse(body);
  if (parsed.success) return parsed.data.CreateJobRequest;
  throw invalidRequest(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
};
