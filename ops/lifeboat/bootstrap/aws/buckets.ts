import {
  BucketAlreadyExists,
  BucketAlreadyOwnedByYou,
  BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { LifeboatError } from "../../../../recovery/errors";
import type { BucketFacts, FoundBucket, StateBuckets } from "../ports";

/** S3 in the client's region. */
export const s3Buckets = (client: S3Client, region: string): StateBuckets => ({
  find: (bucket, accountId) => find(client, region, bucket, accountId),

  async create(bucket) {
    // us-east-1 is no LocationConstraint: it is what no constraint means. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    const location = Object.values(BucketLocationConstraint).find((known) => known === region);
    try {
      await client.send(
        new CreateBucketCommand({
          Bucket: bucket,
          ...(region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: location } }),
        }),
      );
    } catch (error) {
      if (error instanceof BucketAlreadyOwnedByYou) return;
      if (!(error instanceof BucketAlreadyExists)) throw error;
      throw new LifeboatError({
        code: "target-refused",
        what: `The bucket ${bucket} cannot be made`,
        received: "another account owns a bucket of this name",
        hint: "Choose another lifeboat:system: bucket names are one space for all accounts",
        cause: error,
      });
    }
  },

  version: async (Bucket) =>
    void (await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }))),

  encrypt: async (Bucket, keyArn) =>
    void (await client.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyArn }, BucketKeyEnabled: true }],
        },
      }),
    )),

  blockPublicAccess: async (Bucket) =>
    void (await client.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
      }),
    )),

  putPolicy: async (Bucket, Policy) => void (await client.send(new PutBucketPolicyCommand({ Bucket, Policy }))),

  putLifecycle: async (Bucket, rules) =>
    void (await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [...rules] } }))),
});

/** What S3 answers about a bucket that it does not show. */
interface Refusal {
  readonly status?: number;
  /** S3 says where a bucket is whoever asks. https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
  readonly region?: string;
}

const refusalOf = (error: unknown): Refusal => {
  if (!(error instanceof S3ServiceException)) throw error;
  const headers: Readonly<Record<string, string>> = error.$response?.headers ?? {};
  return { status: error.$metadata.httpStatusCode, region: headers["x-amz-bucket-region"] };
};

const find = async (client: S3Client, region: string, bucket: string, accountId: string): Promise<FoundBucket> => {
  try {
    const { BucketRegion = region } = await client.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: accountId }));
    if (BucketRegion !== region) return { kind: "elsewhere", region: BucketRegion };
  } catch (error) {
    const { status, region: home } = refusalOf(error);
    if (status === 404) return { kind: "absent" };
    if (status === 403) return { kind: "foreign" };
    if (home !== undefined && home !== region) return { kind: "elsewhere", region: home };
    throw error;
  }
  return { kind: "here", facts: await factsOf(client, bucket) };
};

/** Where a bucket really lives, whichever region the client is of; undefined when there is none. @throws the SDK's errors. */
export const bucketHome = async (client: S3Client, bucket: string): Promise<string | undefined> => {
  try {
    return (await client.send(new HeadBucketCommand({ Bucket: bucket }))).BucketRegion;
  } catch (error) {
    const { status, region } = refusalOf(error);
    if (region !== undefined) return region;
    if (status === 404) return undefined;
    throw error;
  }
};

/** S3 answers with an error of its own where a setting was never made. */
const unlessUnset = async <T>(code: string, answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === code) return undefined;
    throw error;
  }
};

const factsOf = async (client: S3Client, Bucket: string): Promise<BucketFacts> => {
  const [versioning, encryption, access, policy, lifecycle] = await Promise.all([
    client.send(new GetBucketVersioningCommand({ Bucket })),
    unlessUnset("ServerSideEncryptionConfigurationNotFoundError", client.send(new GetBucketEncryptionCommand({ Bucket }))),
    unlessUnset("NoSuchPublicAccessBlockConfiguration", client.send(new GetPublicAccessBlockCommand({ Bucket }))),
    unlessUnset("NoSuchBucketPolicy", client.send(new GetBucketPolicyCommand({ Bucket }))),
    unlessUnset("NoSuchLifecycleConfiguration", client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))),
  ]);
  const rule = encryption?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
  const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } = access?.PublicAccessBlockConfiguration ?? {};
  return {
    versioned: versioning.Status === "Enabled",
    ...(rule?.SSEAlgorithm === undefined
      ? {}
      : { encryption: { algorithm: rule.SSEAlgorithm, ...(rule.KMSMasterKeyID === undefined ? {} : { keyId: rule.KMSMasterKeyID }) } }),
    publicAccessBlocked: [BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets].every((set) => set === true),
    ...(policy?.Policy === undefined ? {} : { policy: policy.Policy }),
    lifecycle: lifecycle?.Rules ?? [],
  };
};
