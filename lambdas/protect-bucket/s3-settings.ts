import {
  DeleteBucketReplicationCommand,
  GetBucketEncryptionCommand,
  GetBucketReplicationCommand,
  type GetBucketReplicationCommandOutput,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import * as z from "zod";
import { LifeboatError } from "../../recovery/errors";
import type { BucketFacts } from "../../recovery/existing/bucket";
import { requireKnownElements } from "./known-elements";
import type { BucketSettings } from "./settings";
import { withText } from "./with-text";

/** What S3 answers for a setting that a bucket does not have. */
const ABSENT: readonly string[] = [
  "ReplicationConfigurationNotFoundError",
  "ServerSideEncryptionConfigurationNotFoundError",
  "ObjectLockConfigurationNotFoundError",
];

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

const unlessAbsent = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (ABSENT.includes(nameOf(error))) return undefined;
    throw error;
  }
};

const Redirect = z.object({ $response: z.object({ headers: z.record(z.string(), z.string()) }) });

/** A bucket of this account: another's of the same name is refused by S3. */
export const s3BucketSettings = (client: S3Client, bucket: string, accountId: string): BucketSettings => {
  const at = { Bucket: bucket, ExpectedBucketOwner: accountId };

  /** undefined when there is no such bucket. */
  const regionOf = async (): Promise<string | undefined> => {
    try {
      const { BucketRegion } = await client.send(new HeadBucketCommand(at));
      return BucketRegion ?? (await client.config.region());
    } catch (error) {
      if (nameOf(error) === "NotFound" || nameOf(error) === "NoSuchBucket") return undefined;
      // A bucket of another region is answered by where it is. https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
      const elsewhere = Redirect.safeParse(error).data?.$response.headers["x-amz-bucket-region"];
      if (elsewhere !== undefined) return elsewhere;
      throw error;
    }
  };

  const keyOf = async (): Promise<string | undefined> => {
    const found = await unlessAbsent(client.send(new GetBucketEncryptionCommand(at)));
    const byDefault = found?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
    if (byDefault?.SSEAlgorithm !== "aws:kms" && byDefault?.SSEAlgorithm !== "aws:kms:dsse") return undefined;
    return byDefault.KMSMasterKeyID ?? "aws/s3";
  };

  return {
    exists: async () => (await regionOf()) !== undefined,

    facts: async (): Promise<BucketFacts> => {
      const region = await regionOf();
      if (region === undefined) throw missing(bucket);
      // The rest would only be answered where it lives; that it lives elsewhere is refused anyway.
      if (region !== (await client.config.region())) return { bucket, region, versioning: "Enabled", objectLock: false };
      const { Status } = await client.send(new GetBucketVersioningCommand(at));
      const lock = await unlessAbsent(client.send(new GetObjectLockConfigurationCommand(at)));
      return {
        bucket,
        region,
        versioning: Status ?? "never",
        objectLock: lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled",
        keyArn: await keyOf(),
      };
    },

    replication: async () => {
      const read = withText<GetBucketReplicationCommandOutput>(client, (reader) => reader.send(new GetBucketReplicationCommand(at)));
      const answered = await unlessAbsent(read);
      const found = answered?.output.ReplicationConfiguration;
      if (answered === undefined || found === undefined) return undefined;
      requireKnownElements(bucket, answered.text);
      return { role: found.Role ?? "", rules: found.Rules ?? [] };
    },

    enableVersioning: async () => {
      await client.send(new PutBucketVersioningCommand({ ...at, VersioningConfiguration: { Status: "Enabled" } }));
    },

    replicate: async (replication) => {
      if (replication === undefined) {
        await client.send(new DeleteBucketReplicationCommand(at));
        return;
      }
      const { role: Role, rules } = replication;
      await client.send(new PutBucketReplicationCommand({ ...at, ReplicationConfiguration: { Role, Rules: [...rules] } }));
    },
  };
};

const missing = (bucket: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: `The bucket ${bucket} does not exist; nothing was changed`,
    allowed: "a bucket that exists",
    hint: "Check lifeboat:objects.existing.bucket; without `existing` Lifeboat makes a bucket of its own",
  });
