import { BACKFILL_KEY } from "../../../recovery/existing/backfill";
import type { Site } from "../../../recovery/names";
import type { ExistingBucket } from "../../config/existing";
import type { FunctionDefinition } from "../../functions/definition";
import { batchJobsArn, bucketArn, objectsArn, roleArn } from "../../iam/arns";
import type { Statement } from "../../iam/policy";
import { backfillRoleName, bucketNamesWith, documentsReplicationRoleName } from "./names";

/** Where in the reports' bucket the completion reports lie. */
export const REPORTS_PREFIX = "backfill/";
export const REPORT_KEYS = `${REPORTS_PREFIX}*`;

const MINUTES = 60;

/** The function that adds Lifeboat's rules to a bucket that is not Lifeboat's, follows the backfill, and takes the rules away again. */
export const protectBucketDefinition = (site: Site, existing: ExistingBucket): FunctionDefinition => {
  const { documents, staging } = bucketNamesWith(site, existing);
  return {
    name: "protect-bucket",
    description: "Adds Lifeboat's replication to an existing bucket and has what is there replicated",
    home: "primary",
    timeoutSeconds: 5 * MINUTES,
    memoryMb: 256,
    inClusterNetwork: false,
    environment: { ACCOUNT_ID: site.accountId, DOCUMENTS_BUCKET: documents, REPORT_BUCKET: staging },
    statements: [
      ...settingsStatements(documents, existing),
      { actions: ["s3:GetObject", "s3:PutObject"], resources: [objectsArn(documents, BACKFILL_KEY)] },
      { actions: ["s3:ListBucket"], resources: [bucketArn(staging)] },
      { actions: ["s3:GetObject"], resources: [objectsArn(staging, REPORT_KEYS)] },
      ...jobStatements(site),
      ...roleStatements(site, existing),
      ...(existing.keyArn === undefined ? [] : [{ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [existing.keyArn] }]),
    ],
  };
};

/** Setting and deleting a replication are one permission. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketReplication.html */
const settingsStatements = (documents: string, { enableVersioning }: ExistingBucket): readonly Statement[] => [
  {
    actions: [
      "s3:ListBucket",
      "s3:GetBucketVersioning",
      "s3:GetBucketObjectLockConfiguration",
      "s3:GetEncryptionConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:PutReplicationConfiguration",
      ...(enableVersioning ? ["s3:PutBucketVersioning"] : []),
    ],
    resources: [bucketArn(documents)],
  },
];

/** A job that does not exist yet has no ARN. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
const jobStatements = ({ primaryRegion, accountId }: Site): readonly Statement[] => [
  { actions: ["s3:CreateJob"], resources: ["*"] },
  { actions: ["s3:DescribeJob", "s3:UpdateJobStatus"], resources: [batchJobsArn(primaryRegion, accountId)] },
];

const passed = (role: string, service: string): Statement => ({
  actions: ["iam:PassRole"],
  resources: [role],
  condition: { StringEquals: { "iam:PassedToService": service } },
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html */
const roleStatements = ({ system, accountId }: Site, { replicationRoleArn }: ExistingBucket): readonly Statement[] => [
  passed(replicationRoleArn ?? roleArn(accountId, documentsReplicationRoleName(system)), "s3.amazonaws.com"),
  passed(roleArn(accountId, backfillRoleName(system)), "batchoperations.s3.amazonaws.com"),
];
