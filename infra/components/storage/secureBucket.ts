import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BucketRetention, LifecycleRule } from "../../../recovery/retention/buckets";
import { bucketPolicy, type Writers } from "../../iam/bucketPolicy";
import type { Statement } from "../../iam/policy";
import { type Tiering, tierRule } from "./tiers";

export interface SecureBucketArgs {
  readonly bucketName: pulumi.Input<string>;
  /** The KMS key of the bucket's region. */
  readonly keyArn: pulumi.Input<string>;
  /** Locks and lifecycle rules of what is in it; without, everything stays. Object Lock is a property from creation on. */
  readonly retention?: BucketRetention;
  readonly writers?: readonly Writers[];
  /** What AWS's services are let do in the bucket of this name. */
  readonly allowed?: (bucket: string) => readonly Statement[];
  /** Moves to colder storage classes. */
  readonly tiers?: readonly Tiering[];
  /** `destroy` may empty the bucket. */
  readonly disposable: boolean;
  readonly purpose: string;
}

/** A private, versioned, encrypted bucket that speaks TLS only. */
export class SecureBucket extends pulumi.ComponentResource {
  readonly bucket: aws.s3.Bucket;
  readonly bucketName: pulumi.Output<string>;
  /** Replication and notifications wait for it. */
  readonly versioning: aws.s3.BucketVersioning;

  constructor(name: string, args: SecureBucketArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:storage:SecureBucket", name, {}, options);
    const { lock } = args.retention ?? {};
    this.bucketName = pulumi.output(args.bucketName);
    this.bucket = new aws.s3.Bucket(
      name,
      {
        bucket: args.bucketName,
        forceDestroy: args.disposable,
        objectLockEnabled: lock !== undefined,
        tags: { "lifeboat:purpose": args.purpose },
      },
      { parent: this, protect: !args.disposable },
    );
    const child = { parent: this };
    const bucket = this.bucket.bucket;
    this.versioning = new aws.s3.BucketVersioning(name, { bucket, versioningConfiguration: { status: "Enabled" } }, child);
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.keyArn }, bucketKeyEnabled: true }],
      },
      child,
    );
    const block = new aws.s3.BucketPublicAccessBlock(
      name,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      child,
    );
    new aws.s3.BucketPolicy(
      name,
      { bucket, policy: this.bucketName.apply((known) => bucketPolicy(known, args.writers, args.allowed?.(known))) },
      { ...child, dependsOn: [block] },
    );
    if (lock !== undefined)
      new aws.s3.BucketObjectLockConfiguration(
        name,
        { bucket, rule: { defaultRetention: { mode: lock.mode, days: lock.days } } },
        { ...child, dependsOn: [this.versioning] },
      );
    new aws.s3.BucketLifecycleConfiguration(name, { bucket, rules: lifecycleRules(args) }, { ...child, dependsOn: [this.versioning] });
    this.registerOutputs({ bucket });
  }
}

/** Uploads that never ended cost money in every bucket; the rest is the bucket's own. */
const lifecycleRules = ({ retention: { rules } = { rules: [] }, tiers = [] }: SecureBucketArgs) => [
  {
    id: "versions",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    ...rules.filter(({ prefix }) => prefix === "").map(actionsOf)[0],
  },
  ...rules
    .filter(({ prefix }) => prefix !== "")
    .map((rule) => ({ id: `expires ${rule.prefix}`, status: "Enabled", filter: { prefix: rule.prefix }, ...actionsOf(rule) })),
  ...tiers.map(tierRule),
];

const actionsOf = ({ expiryDays, noncurrentDays }: LifecycleRule) => ({
  ...(noncurrentDays === undefined ? {} : { noncurrentVersionExpiration: { noncurrentDays } }),
  ...(expiryDays === undefined ? {} : { expiration: { days: expiryDays } }),
});
