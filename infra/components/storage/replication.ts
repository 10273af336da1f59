import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketArn } from "../../iam/arns";
import { servicePrincipalTrust } from "../../iam/policy";
import { replicationPolicy } from "../../iam/replicationPolicy";
import type { SecureBucket } from "./secureBucket";

export interface ReplicationRule {
  readonly id: string;
  readonly prefix: string;
  readonly destination: SecureBucket;
  readonly deleteMarkers: boolean;
}

export interface ReplicationArgs {
  readonly roleName: string;
  readonly accountId: string;
  readonly source: SecureBucket;
  readonly sourceKeyArn: pulumi.Input<string>;
  readonly destinationKeyArn: pulumi.Input<string>;
  readonly rules: readonly ReplicationRule[];
}

/** S3 Replication Time Control promises 99.9 % within 15 minutes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html */
const RTC_MINUTES = 15;

/** Replication with RTC under a role of its own. It copies what is written from now on; what was there before needs a backfill. */
export class Replication extends pulumi.ComponentResource {
  readonly configuration: aws.s3.BucketReplicationConfig;

  constructor(name: string, args: ReplicationArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:storage:Replication", name, {}, options);
    const child = { parent: this };
    const role = new aws.iam.Role(
      name,
      { name: args.roleName, assumeRolePolicy: servicePrincipalTrust("s3.amazonaws.com", args.accountId) },
      child,
    );
    const destinations = args.rules.map(({ destination }) => destination);
    new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: pulumi
          .output({
            source: args.source.bucketName,
            destinations: destinations.map(({ bucketName }) => bucketName),
            sourceKeyArn: args.sourceKeyArn,
            destinationKeyArn: args.destinationKeyArn,
          })
          .apply(replicationPolicy),
      },
      child,
    );
    this.configuration = new aws.s3.BucketReplicationConfig(
      name,
      {
        bucket: args.source.bucket.bucket,
        role: role.arn,
        rules: args.rules.map((rule, index) => ({
          id: rule.id,
          // Priorities must differ even where destinations do; the first rule has the highest.
          priority: args.rules.length - index,
          status: "Enabled",
          filter: { prefix: rule.prefix },
          deleteMarkerReplication: { status: rule.deleteMarkers ? "Enabled" : "Disabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: rule.destination.bucketName.apply(bucketArn),
            encryptionConfiguration: { replicaKmsKeyId: args.destinationKeyArn },
            replicationTime: { status: "Enabled", time: { minutes: RTC_MINUTES } },
            metrics: { status: "Enabled", eventThreshold: { minutes: RTC_MINUTES } },
          },
        })),
      },
      { ...child, dependsOn: [args.source.versioning, ...destinations.map(({ versioning }) => versioning)] },
    );
    this.registerOutputs({ configuration: this.configuration.id });
  }
}
