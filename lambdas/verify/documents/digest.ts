import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { GetObjectCommand, HeadObjectCommand, NoSuchKey, NotFound, type S3Client } from "@aws-sdk/client-s3";
import { LifeboatError } from "../../../recovery/errors";
import type { Deadline } from "../../shared/deadline";

/** What S3 keeps beside a current object. Digests are S3's own, base64, of the whole content; absent where the writer's client gave another kind. */
export interface StoredDigest {
  readonly versionId: string;
  readonly sizeBytes: number;
  readonly lockedUntil?: Date;
  readonly sha256?: string;
  readonly crc32?: string;
}

/** What was read, byte for byte. Digests are base64, as S3 writes them. */
export interface ReadDigest {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly crc32: string;
}

/** The documents of one bucket, read as streams: memory stays flat in their size. Absence is a value, every other failure is thrown. */
export interface DigestReader {
  stored(key: string): Promise<StoredDigest | undefined>;
  /** @param deadline is asked behind each chunk */
  read(key: string, versionId: string, deadline: Deadline): Promise<ReadDigest | undefined>;
  /** Some bytes of a version, from one position to before another one. */
  range(key: string, versionId: string, from: number, to: number): Promise<Uint8Array | undefined>;
}

/** The client must not check by itself (`responseChecksumValidation: "WHEN_REQUIRED"`): a difference is a result here, and no failed call. */
export const s3Digests = (client: S3Client, bucket: string): DigestReader => ({
  async stored(key) {
    const found = await absentAsUndefined(client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" })));
    if (found === undefined) return undefined;
    return {
      versionId: found.VersionId ?? "null",
      sizeBytes: found.ContentLength ?? 0,
      ...(found.ObjectLockRetainUntilDate === undefined ? {} : { lockedUntil: found.ObjectLockRetainUntilDate }),
      ...ofWhole("sha256", found.ChecksumSHA256),
      ...ofWhole("crc32", found.ChecksumCRC32),
    };
  },
  async read(key, versionId, deadline) {
    const found = await absentAsUndefined(client.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId })));
    if (found === undefined || !(found.Body instanceof Readable)) return undefined;
    const read = await digestOf(found.Body, deadline);
    if (read.sizeBytes === (found.ContentLength ?? read.sizeBytes)) return read;
    throw cutShort(bucket, key, read.sizeBytes, found.ContentLength ?? 0);
  },
  async range(key, versionId, from, to) {
    const Range = `bytes=${from}-${to - 1}`;
    const found = await absentAsUndefined(client.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, Range })));
    if (found === undefined || !(found.Body instanceof Readable)) return undefined;
    // A server may answer with the whole in place of a range: https://www.rfc-editor.org/rfc/rfc9110#section-14.2
    const bytes = await slice(found.Body, found.ContentRange === undefined ? from : 0, to - from);
    if (bytes.byteLength === to - from) return bytes;
    throw cutShort(bucket, key, bytes.byteLength, to - from);
  },
});

/** So many bytes behind the first ones of a stream; the rest of it is not read. */
const slice = async (chunks: AsyncIterable<Uint8Array>, skipped: number, length: number): Promise<Uint8Array> => {
  const bytes = Buffer.alloc(length);
  let position = -skipped;
  for await (const chunk of chunks) {
    const first = Math.max(0, -position);
    if (first < chunk.byteLength) bytes.set(chunk.subarray(first, Math.min(chunk.byteLength, length - position)), position + first);
    position += chunk.byteLength;
    if (position >= length) return bytes;
  }
  return bytes.subarray(0, Math.max(0, position));
};

const cutShort = (bucket: string, key: string, received: number, allowed: number): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `s3://${bucket}/${key} was cut short`,
    received: `${received} bytes`,
    allowed: `${allowed} bytes`,
    hint: "The next run reads it again",
  });

// Of an upload in parts it is a digest of digests ("...-3"), and says nothing of the whole content.
const ofWhole = (name: "sha256" | "crc32", base64: string | undefined) =>
  base64 === undefined || base64.includes("-") ? {} : { [name]: base64 };

export const digestOf = async (chunks: AsyncIterable<Uint8Array>, deadline: Deadline): Promise<ReadDigest> => {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let check = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    check = crc32(chunk, check);
    sizeBytes += chunk.byteLength;
    deadline(() => `${sizeBytes} bytes of a document read`);
  }
  return { sizeBytes, sha256: hash.digest("base64"), crc32: base64OfCrc32(check) };
};

export const base64OfCrc32 = (check: number): string => {
  const bigEndian = Buffer.alloc(4);
  bigEndian.writeUInt32BE(check);
  return bigEndian.toString("base64");
};

const absentAsUndefined = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    const gone = error instanceof NoSuchKey || error instanceof NotFound || (error instanceof Error && error.name === "NoSuchVersion");
    if (gone) return undefined;
    throw error;
  }
};
