import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketPolicy, type Writers } from "../../iam/bucketPolicy";
import type { Statement } from "../../iam/policy";
import { type Tiering, tierRule } from "./tiers";

export interface SecureBucketArgs {
  readonly bucketName: pulumi.Input<string>;
  /** The KMS key of the bucket's region. */
  readonly keyArn: pulumi.Input<string>;
  /** WORM: every object that arrives is locked for this long. Object Lock is a property from creation on. */
  readonly objectLock?: { readonly mode: "GOVERNANCE" | "COMPLIANCE"; readonly days: number };
  /** Days after which a version that is no longer current may go; an expiry never comes before a lock ends. */
  readonly noncurrentDays?: number;
  /** Days after which current objects expire; for what is only passed on. */
  readonly expirationDays?: number;
  /** Days after which current objects under a prefix expire; what is locked stays, and is read by its version. */
  readonly expiries?: readonly { readonly prefix: string; readonly days: number }[];
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
    this.bucketName = pulumi.output(args.bucketName);
    this.bucket = new aws.s3.Bucket(
      name,
      {
        bucket: args.bucketName,
        forceDestroy: args.disposable,
        objectLockEnabled: args.objectLock !== undefined,
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
    if (args.objectLock !== undefined)
      new aws.s3.BucketObjectLockConfiguration(
        name,
        { bucket, rule: { defaultRetention: { mode: args.objectLock.mode, days: args.objectLock.days } } },
        { ...child, dependsOn: [this.versioning] },
      );
    new aws.s3.BucketLifecycleConfiguration(name, { bucket, rules: lifecycleRules(args) }, { ...child, dependsOn: [this.versioning] });
    this.registerOutputs({ bucket });
  }
}

/** Uploads that never ended cost money in every bucket; the rest is the bucket's own. */
const lifecycleRules = ({ noncurrentDays, expirationDays, expiries = [], tiers = [] }: SecureBucketArgs) => [
  {
    id: "versions",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    ...(noncurrentDays === undefined ? {} : { noncurrentVersionExpiration: { noncurrentDays } }),
    ...(expirationDays === undefined ? {} : { expiration: { days: expirationDays } }),
  },
  ...expiries.map(({ prefix, days }) => ({ id: `expires ${prefix}`, status: "Enabled", filter: { prefix }, expiration: { days } })),
  ...tiers.map(tierRule),
];
