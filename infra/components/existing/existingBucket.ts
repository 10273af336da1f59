import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ProtectBucketResponse } from "../../../lambdas/protect-bucket/events";
import type { ExistingBucket as ExistingBucketValues } from "../../config/existing";
import { policyDocument, servicePrincipalTrust } from "../../iam/policy";
import { replicationPolicy } from "../../iam/replicationPolicy";
import { Scheduled } from "../functions/trigger";
import type { UnattendedFunction } from "../functions/unattendedFunction";
import type { ReplicationRule } from "../storage/replication";
import type { SecureBucket } from "../storage/secureBucket";
import { backfillRoleName, documentsReplicationRoleName } from "./names";
import { backfillStatements } from "./policies";
import { REPORT_KEYS } from "./protectBucket";

export interface ExistingBucketArgs {
  readonly system: string;
  readonly accountId: string;
  readonly existing: ExistingBucketValues;
  readonly destinationKeyArn: pulumi.Input<string>;
  readonly rules: readonly ReplicationRule[];
  /** Where the completion reports of backfills go: a bucket of ours in the bucket's region. */
  readonly reports: SecureBucket;
  /** `protect-bucket`, in the bucket's region. */
  readonly protector: UnattendedFunction;
}

/** How often the schedule asks how far a backfill has come. It ends with the first answer that there is nothing more to follow. */
const FOLLOWED = { expression: "rate(5 minutes)", intervalSeconds: 300 };

/**
 * A bucket that is not Lifeboat's, protected: its rules are added to those that are there, what is in it is replicated, and only the rules go away with
 * Lifeboat. No resource of the bucket's own stands for it: the provider's would overwrite, and on `destroy` delete, everybody's rules.
 */
export class ExistingBucket extends pulumi.ComponentResource {
  readonly bucketName: string;
  /** What the last deployment that changed anything found and did. */
  readonly protection: pulumi.Output<ProtectBucketResponse>;
  /** What a role of the bucket's own has to be let do; undefined where the role is Lifeboat's. */
  readonly requiredRolePolicy: pulumi.Output<string> | undefined;

  constructor(name: string, args: ExistingBucketArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:existing:ExistingBucket", name, {}, options);
    const child = { parent: this };
    const { existing, protector } = args;
    const destinations = args.rules.map(({ destination }) => destination);
    const policy = replicationPolicyOf(args, destinations);
    const replication = existing.replicationRoleArn === undefined ? replicationRole(name, args, policy, child) : undefined;
    const backfill = backfillRole(name, args, child);
    const event = {
      bucket: existing.bucket,
      enableVersioning: existing.enableVersioning,
      keyArn: existing.keyArn ?? null,
      replicationRoleArn: existing.replicationRoleArn ?? replication?.role.arn,
      ownsReplicationRole: existing.replicationRoleArn === undefined,
      batchRoleArn: backfill.role.arn,
      rules: args.rules.map((rule) => ({
        id: rule.id,
        prefix: rule.prefix,
        destinationBucket: rule.destination.bucketName,
        destinationKeyArn: args.destinationKeyArn,
        deleteMarkers: rule.deleteMarkers,
      })),
    };
    const invocation = new aws.lambda.Invocation(
      name,
      {
        functionName: protector.functionName,
        input: pulumi.jsonStringify(event),
        // Told of its end too: the function takes its rules away before it goes itself.
        lifecycleScope: "CRUD",
        // Another bucket is another protection: the old one's end is told of the old bucket.
        triggers: { bucket: existing.bucket },
      },
      {
        ...child,
        dependsOn: [
          ...(replication === undefined ? [] : [replication.attached]),
          backfill.attached,
          ...destinations.map(({ versioning }) => versioning),
          args.reports.versioning,
        ],
      },
    );
    new Scheduled(`${args.system}-protect-bucket`, { schedule: FOLLOWED, target: protector }, child);
    this.bucketName = existing.bucket;
    this.protection = invocation.result.apply((text) => ProtectBucketResponse.parse(JSON.parse(text)));
    this.requiredRolePolicy = existing.replicationRoleArn === undefined ? undefined : policy;
    this.registerOutputs({ protection: this.protection });
  }
}

const replicationPolicyOf = (args: ExistingBucketArgs, destinations: readonly SecureBucket[]): pulumi.Output<string> =>
  pulumi
    .output({ names: destinations.map(({ bucketName }) => bucketName), destinationKeyArn: args.destinationKeyArn })
    .apply(({ names, destinationKeyArn }) => {
      const { bucket: source, keyArn: sourceKeyArn } = args.existing;
      return replicationPolicy({ source, destinations: names, sourceKeyArn, destinationKeyArn });
    });

interface RoleWithPolicy {
  readonly role: aws.iam.Role;
  readonly attached: aws.iam.RolePolicy;
}

const replicationRole = (
  name: string,
  { system, accountId }: ExistingBucketArgs,
  policy: pulumi.Output<string>,
  child: pulumi.CustomResourceOptions,
): RoleWithPolicy => {
  const assumeRolePolicy = servicePrincipalTrust("s3.amazonaws.com", accountId);
  const role = new aws.iam.Role(`${name}-replication`, { name: documentsReplicationRoleName(system), assumeRolePolicy }, child);
  return { role, attached: new aws.iam.RolePolicy(`${name}-replication`, { role: role.name, policy }, child) };
};

const backfillRole = (
  name: string,
  { system, accountId, existing, reports }: ExistingBucketArgs,
  child: pulumi.CustomResourceOptions,
): RoleWithPolicy => {
  const assumeRolePolicy = servicePrincipalTrust("batchoperations.s3.amazonaws.com", accountId);
  const role = new aws.iam.Role(`${name}-backfill`, { name: backfillRoleName(system), assumeRolePolicy }, child);
  const policy = reports.bucketName.apply((bucket) =>
    policyDocument(backfillStatements({ source: existing.bucket, reports: bucket, reportKeys: REPORT_KEYS })),
  );
  return { role, attached: new aws.iam.RolePolicy(`${name}-backfill`, { role: role.name, policy }, child) };
};
