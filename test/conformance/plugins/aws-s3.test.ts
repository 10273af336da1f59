import {
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketReplicationCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { s3 } from "../../../local/plugins/aws/s3/client";
import { s3Resources } from "../../../local/plugins/aws/s3/index";
import { otherRegion, region, useAws } from "./aws";
import type { Engine, State } from "./engine";
import { givenFunction } from "./givenFunction";
import { describeResources, type Given, type ResourceCase } from "./suite";

const aws = useAws(s3Resources);
const outside = (): S3Client => s3(aws.outside(), {});

const oneBucket = async (engine: Engine, unique: string): Promise<Given> => ({
  bucket: await engine.create("aws:s3/bucket:Bucket", "given", { bucket: unique }),
});

const versioned = async (engine: Engine, name: string, at: string): Promise<readonly [State, State]> => {
  const bucket = await engine.create("aws:s3/bucket:Bucket", name, { bucket: name, region: at });
  const inputs = { bucket: name, region: at, versioningConfiguration: { status: "Enabled" } };
  return [bucket, await engine.create("aws:s3/bucketVersioning:BucketVersioning", name, inputs)];
};

const twoBuckets = async (engine: Engine, unique: string): Promise<Given> => {
  const [source, sourceVersions] = await versioned(engine, `${unique}-source`, region);
  const [target, targetVersions] = await versioned(engine, `${unique}-target`, otherRegion);
  return { source, sourceVersions, target, targetVersions };
};

const idOf = (given: Given, name: string): string => given[name]?.id ?? "";

const statement = (bucket: string, effect: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: effect,
      Principal: { AWS: "arn:aws:iam::000000000000:root" },
      Action: ["s3:PutObject"],
      Resource: [`arn:aws:s3:::${bucket}/*`],
    },
  ],
});

const functionArn = (name: string): string => `arn:aws:lambda:${region}:000000000000:function:${name}`;

const replicationRule = (bucket: string, prefix: string, priority: number) => ({
  priority,
  status: "Enabled",
  filter: { prefix },
  deleteMarkerReplication: { status: "Disabled" },
  destination: {
    bucket: `arn:aws:s3:::${bucket}`,
    storageClass: "STANDARD",
    metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
    replicationTime: { status: "Enabled", time: { minutes: 15 } },
  },
});

const rows: ResourceCase[] = [
  {
    type: "aws:s3/bucket:Bucket",
    inputs: (_, unique) => ({ bucket: unique, tags: { owner: "test" } }),
    outputs: (_, unique) => ({ arn: `arn:aws:s3:::${unique}`, region, tagsAll: { owner: "test" } }),
    update: (_, unique) => ({ bucket: unique, tags: { owner: "other", tier: "critical" }, forceDestroy: true }),
    replace: {
      because: "objectLockEnabled",
      inputs: (_, unique) => ({ bucket: unique, tags: { owner: "test" }, objectLockEnabled: true }),
    },
    drift: async ({ id }) => {
      const Tagging = { TagSet: [{ Key: "owner", Value: "attacker" }] };
      await outside().send(new PutBucketTaggingCommand({ Bucket: id, Tagging }));
    },
  },
  {
    type: "aws:s3/bucket:Bucket",
    about: "locked, in another region, without tags",
    inputs: (_, unique) => ({ bucket: unique, region: otherRegion, objectLockEnabled: true }),
    outputs: (_, unique) => ({ region: otherRegion, bucketRegionalDomainName: `${unique}.s3.${otherRegion}.amazonaws.com`, tagsAll: {} }),
    replace: { because: "region", inputs: (_, unique) => ({ bucket: unique, region: "eu-central-1", objectLockEnabled: true }) },
    drift: { none: "the row above shows it" },
    notImported: "an import looks in the provider's region",
  },
  {
    type: "aws:s3/bucketVersioning:BucketVersioning",
    prepare: oneBucket,
    inputs: (given) => ({ bucket: idOf(given, "bucket"), versioningConfiguration: { status: "Enabled" } }),
    update: (given) => ({ bucket: idOf(given, "bucket"), versioningConfiguration: { status: "Suspended" } }),
    replace: { because: "bucket", inputs: () => ({ bucket: "another-bucket", versioningConfiguration: { status: "Enabled" } }) },
    drift: async ({ id }) => {
      await outside().send(new PutBucketVersioningCommand({ Bucket: id, VersioningConfiguration: { Status: "Suspended" } }));
    },
    staysReadable: "versioning can only be suspended",
  },
  {
    type: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    prepare: async (engine, unique) => ({
      bucket: await engine.create("aws:s3/bucket:Bucket", "given", { bucket: unique, objectLockEnabled: true }),
    }),
    inputs: (given) => ({ bucket: idOf(given, "bucket"), rule: { defaultRetention: { mode: "GOVERNANCE", days: 1 } } }),
    update: (given) => ({ bucket: idOf(given, "bucket"), rule: { defaultRetention: { mode: "GOVERNANCE", days: 2 } } }),
    drift: async ({ id }) => {
      await outside().send(
        new PutObjectLockConfigurationCommand({ Bucket: id, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } }),
      );
    },
    staysReadable: "Object Lock stays on for the bucket's life",
  },
  {
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    prepare: oneBucket,
    inputs: (given) => ({
      bucket: idOf(given, "bucket"),
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "alias/aws/s3" }, bucketKeyEnabled: true }],
    }),
    update: (given) => ({ bucket: idOf(given, "bucket"), rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] }),
    drift: async ({ id }) => {
      await outside().send(new DeleteBucketEncryptionCommand({ Bucket: id }));
    },
    staysReadable: "without a configuration S3 encrypts with AES256",
  },
  {
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    prepare: oneBucket,
    inputs: (given) => ({ bucket: idOf(given, "bucket"), blockPublicAcls: true, blockPublicPolicy: true }),
    outputs: () => ({ ignorePublicAcls: false }),
    update: (given) => ({ bucket: idOf(given, "bucket"), blockPublicAcls: true, restrictPublicBuckets: true }),
    drift: async ({ id }) => {
      await outside().send(new DeletePublicAccessBlockCommand({ Bucket: id }));
    },
  },
  {
    type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    prepare: oneBucket,
    inputs: (given) => ({ bucket: idOf(given, "bucket"), rule: { objectOwnership: "BucketOwnerEnforced" } }),
    update: (given) => ({ bucket: idOf(given, "bucket"), rule: { objectOwnership: "BucketOwnerPreferred" } }),
    drift: async ({ id }) => {
      await outside().send(new DeleteBucketOwnershipControlsCommand({ Bucket: id }));
    },
  },
  {
    type: "aws:s3/bucketPolicy:BucketPolicy",
    prepare: oneBucket,
    inputs: (given) => ({ bucket: idOf(given, "bucket"), policy: JSON.stringify(statement(idOf(given, "bucket"), "Deny"), undefined, 2) }),
    update: (given) => ({ bucket: idOf(given, "bucket"), policy: JSON.stringify(statement(idOf(given, "bucket"), "Allow")) }),
    drift: async ({ id }) => {
      await outside().send(new DeleteBucketPolicyCommand({ Bucket: id }));
    },
  },
  {
    type: "aws:s3/bucketPolicy:BucketPolicy",
    about: "an object instead of text",
    prepare: oneBucket,
    inputs: (given) => ({ bucket: idOf(given, "bucket"), policy: statement(idOf(given, "bucket"), "Deny") }),
    update: (given) => ({ bucket: idOf(given, "bucket"), policy: statement(idOf(given, "bucket"), "Allow") }),
    drift: { none: "the row above shows it" },
    notRead: ["policy"],
  },
  {
    type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    prepare: oneBucket,
    inputs: (given) => ({
      bucket: idOf(given, "bucket"),
      rules: [
        {
          id: "noncurrent",
          status: "Enabled",
          noncurrentVersionExpiration: { noncurrentDays: 30, newerNoncurrentVersions: 2 },
          noncurrentVersionTransitions: [{ noncurrentDays: 10, storageClass: "GLACIER_IR" }],
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
        {
          id: "staging",
          status: "Enabled",
          filter: { prefix: "chroma/" },
          expiration: { days: 30 },
          transitions: [{ days: 7, storageClass: "GLACIER" }],
        },
      ],
    }),
    update: (given) => ({
      bucket: idOf(given, "bucket"),
      rules: [{ id: "markers", status: "Disabled", filter: {}, expiration: { expiredObjectDeleteMarker: true } }],
    }),
    drift: async ({ id }) => {
      await outside().send(new DeleteBucketLifecycleCommand({ Bucket: id }));
    },
  },
  {
    type: "aws:s3/bucketNotification:BucketNotification",
    about: "to EventBridge",
    prepare: oneBucket,
    inputs: (given) => ({ bucket: idOf(given, "bucket"), eventbridge: true }),
    drift: async ({ id }) => {
      await outside().send(new PutBucketNotificationConfigurationCommand({ Bucket: id, NotificationConfiguration: {} }));
    },
  },
  {
    type: "aws:s3/bucketNotification:BucketNotification",
    about: "to a function",
    prepare: oneBucket,
    inputs: (given) => ({
      bucket: idOf(given, "bucket"),
      lambdaFunctions: [
        { lambdaFunctionArn: functionArn("sealer"), events: ["s3:ObjectCreated:*"], filterPrefix: "chroma/", filterSuffix: ".json" },
      ],
    }),
    update: (given) => ({
      bucket: idOf(given, "bucket"),
      eventbridge: true,
      lambdaFunctions: [{ id: "all", lambdaFunctionArn: functionArn("sealer"), events: ["s3:ObjectRemoved:*", "s3:ObjectCreated:*"] }],
    }),
    drift: { none: "the row above shows it" },
  },
  {
    type: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    prepare: twoBuckets,
    inputs: (given) => ({
      bucket: idOf(given, "source"),
      role: "arn:aws:iam::000000000000:role/replication",
      rules: [replicationRule(idOf(given, "target"), "", 1), replicationRule(idOf(given, "target"), "chroma/", 2)],
    }),
    update: (given) => ({
      bucket: idOf(given, "source"),
      role: "arn:aws:iam::000000000000:role/replication",
      rules: [
        {
          id: "encrypted",
          priority: 3,
          status: "Enabled",
          filter: {},
          deleteMarkerReplication: { status: "Enabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: `arn:aws:s3:::${idOf(given, "target")}`,
            account: "000000000000",
            encryptionConfiguration: { replicaKmsKeyId: `arn:aws:kms:${otherRegion}:000000000000:key/1` },
          },
        },
      ],
    }),
    drift: async ({ id }) => {
      await outside().send(new DeleteBucketReplicationCommand({ Bucket: id }));
    },
  },
];

beforeAll(() => givenFunction(aws.outside(), "sealer"));

describeResources(aws.plugin, s3Resources, rows);

test("forceDestroy deletes every version, under a governance lock too; without it a bucket that holds something stays", async () => {
  const inputs = { objectLockEnabled: true };
  const bucket = await aws.plugin().create("aws:s3/bucket:Bucket", "Vault", inputs);
  const locked = { ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate: new Date(Date.now() + 3_600_000) } as const;
  await outside().send(new PutObjectCommand({ Bucket: bucket.id, Key: "manifest.json", Body: "first", ...locked }));
  await outside().send(new PutObjectCommand({ Bucket: bucket.id, Key: "manifest.json", Body: "second", ...locked }));
  await outside().send(new DeleteObjectCommand({ Bucket: bucket.id, Key: "manifest.json" }));
  expect(bucket.id).toMatch(/^vault-[0-9a-f]{7}$/);
  await expect(aws.plugin().delete(bucket)).rejects.toThrow("BucketNotEmpty");

  const forced = await aws.plugin().update(bucket, { ...inputs, forceDestroy: true });
  await aws.plugin().delete(forced);
  expect(await aws.plugin().read(forced)).toBeUndefined();
});
