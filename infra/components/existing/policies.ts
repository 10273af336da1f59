import { bucketArn, objectsArn } from "../../iam/arns";
import type { Statement } from "../../iam/policy";

export interface BackfillRoleArgs {
  readonly source: string;
  readonly reports: string;
  /** Keys of the completion reports. */
  readonly reportKeys: string;
}

/**
 * What Batch Operations needs to have objects replicated; the copying itself is the replication role's.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-policies.html
 */
export const backfillStatements = ({ source, reports, reportKeys }: BackfillRoleArgs): readonly Statement[] => [
  { actions: ["s3:InitiateReplication"], resources: [objectsArn(source, "*")] },
  { actions: ["s3:GetReplicationConfiguration", "s3:PutInventoryConfiguration"], resources: [bucketArn(source)] },
  { actions: ["s3:PutObject"], resources: [objectsArn(reports, reportKeys)] },
];
