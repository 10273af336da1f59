import { bucketArn, objectsArn } from "./arns";
import { policyDocument } from "./policy";

export interface ReplicationPolicyArgs {
  readonly source: string;
  readonly destinations: readonly string[];
  /** Of the source; absent where it is encrypted by S3 itself. */
  readonly sourceKeyArn?: string;
  readonly destinationKeyArn: string;
}

/**
 * What a replication role has to be let do, Lifeboat's or somebody else's.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
 */
export const replicationPolicy = ({ source, destinations, sourceKeyArn, destinationKeyArn }: ReplicationPolicyArgs): string =>
  policyDocument([
    { actions: ["s3:GetReplicationConfiguration", "s3:ListBucket"], resources: [bucketArn(source)] },
    {
      actions: [
        "s3:GetObjectVersionForReplication",
        "s3:GetObjectVersionAcl",
        "s3:GetObjectVersionTagging",
        "s3:GetObjectRetention",
        "s3:GetObjectLegalHold",
      ],
      resources: [objectsArn(source, "*")],
    },
    {
      actions: ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
      resources: destinations.map((destination) => objectsArn(destination, "*")),
    },
    ...(sourceKeyArn === undefined ? [] : [{ actions: ["kms:Decrypt"], resources: [sourceKeyArn] }]),
    { actions: ["kms:Encrypt", "kms:GenerateDataKey"], resources: [destinationKeyArn] },
  ]);
