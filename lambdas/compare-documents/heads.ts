import { HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { absentAsUndefined } from "../shared/s3-objects";

/** A checksum that S3 keeps beside an object. Two are comparable when algorithm and type are the same. */
export interface Checksum {
  readonly algorithm: "SHA256" | "CRC64NVME" | "CRC32C" | "CRC32" | "SHA1";
  /** Of the whole object, or of its parts' checksums. */
  readonly type: string;
  readonly value: string;
}

/** What a closer look at an object's current version shows. */
export interface DocumentFacts {
  readonly sizeBytes: number;
  readonly lastModified: Date;
  /** Of a source: PENDING until the last of its destinations has it, FAILED after the first that cannot have it. */
  readonly replicationStatus?: string;
  readonly checksums: readonly Checksum[];
  readonly lockedUntil?: Date;
}

/** The current version of a key; undefined when there is none. */
export type HeadDocument = (key: string) => Promise<DocumentFacts | undefined>;

export const s3Head =
  (client: S3Client, bucket: string): HeadDocument =>
  async (key) => {
    const found = await absentAsUndefined(client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" })));
    if (found === undefined) return undefined;
    return {
      sizeBytes: found.ContentLength ?? 0,
      lastModified: found.LastModified ?? new Date(0),
      ...(found.ReplicationStatus === undefined ? {} : { replicationStatus: found.ReplicationStatus }),
      checksums: checksumsOf(found),
      ...(found.ObjectLockRetainUntilDate === undefined ? {} : { lockedUntil: found.ObjectLockRetainUntilDate }),
    };
  };

/** The strongest first. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const checksumsOf = (found: HeadObjectCommandOutput): readonly Checksum[] => {
  const values = [
    ["SHA256", found.ChecksumSHA256],
    ["CRC64NVME", found.ChecksumCRC64NVME],
    ["CRC32C", found.ChecksumCRC32C],
    ["CRC32", found.ChecksumCRC32],
    ["SHA1", found.ChecksumSHA1],
  ] as const;
  return values.flatMap(([algorithm, value]) =>
    value === undefined ? [] : [{ algorithm, type: found.ChecksumType ?? (value.includes("-") ? "COMPOSITE" : "FULL_OBJECT"), value }],
  );
};
