import { GetObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { sha256Hex } from "../../recovery/checksum";
import { RESERVED_DOCUMENTS_PREFIX } from "../../recovery/names";

const IN_FLIGHT = 16;

/** Reads every document of a bucket back: its SHA-256 by its key. Lifeboat's own objects are no documents. */
export const readDocuments = async (client: S3Client, bucket: string): Promise<ReadonlyMap<string, string>> => {
  const digests = new Map<string, string>();
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket })) {
    const keys = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined || Key.startsWith(RESERVED_DOCUMENTS_PREFIX) ? [] : [Key]));
    const queue = keys.values();
    const lane = async (): Promise<void> => {
      for (const key of queue) {
        const digest = await digestOf(client, bucket, key);
        if (digest !== undefined) digests.set(key, digest);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  }
  return digests;
};

/** undefined when the object went away after it was listed: an application is at work on the bucket. */
const digestOf = async (client: S3Client, bucket: string, key: string): Promise<string | undefined> => {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return sha256Hex((await Body?.transformToByteArray()) ?? new Uint8Array());
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw error;
  }
};
