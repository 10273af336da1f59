import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { base64OfHex, sha256Hex } from "../../recovery/checksum";
import { LifeboatError } from "../../recovery/errors";
import type { ListedVersion, ObjectFacts, ObjectLock, ObjectStore, PutOptions, PutResult } from "./objects";

/** The objects of one bucket in S3. The client's region is the bucket's. */
export const s3Objects = (client: S3Client, bucket: string): ObjectStore => ({
  bucket,
  put: (key, body, options) => put(client, bucket, key, body, options),

  async get(key, versionId) {
    const found = await absentAsUndefined(
      client.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, ChecksumMode: "ENABLED" })),
    );
    if (found === undefined) return undefined;
    const bytes = await found.Body?.transformToByteArray();
    if (bytes === undefined || bytes.byteLength !== (found.ContentLength ?? bytes.byteLength)) throw cutShort(bucket, key, found, bytes);
    return { ...factsOf(key, found, bytes.byteLength), bytes };
  },

  async head(key, versionId) {
    const found = await absentAsUndefined(
      client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, ChecksumMode: "ENABLED" })),
    );
    return found === undefined ? undefined : factsOf(key, found, found.ContentLength ?? 0);
  },

  async *list(prefix, startAfter) {
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: startAfter, ContinuationToken: token }),
      );
      yield (page.Contents ?? []).map(listed);
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  },

  async *versions(prefix, startAfter) {
    let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = startAfter === undefined ? {} : { KeyMarker: startAfter };
    while (marker !== undefined) {
      const page: PageOfVersions = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...marker }));
      yield inOrder([
        ...(page.Versions ?? []).map((entry) => version(entry, false)),
        ...(page.DeleteMarkers ?? []).map((entry) => version(entry, true)),
      ]);
      marker = page.IsTruncated === true ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
    }
  },

  async lock(key, versionId, lock) {
    await client.send(
      new PutObjectRetentionCommand({
        Bucket: bucket,
        Key: key,
        VersionId: versionId,
        Retention: { Mode: lock.mode, RetainUntilDate: lock.until },
      }),
    );
  },
});

const put = async (
  client: S3Client,
  bucket: string,
  key: string,
  body: Uint8Array | string,
  { contentType, ifAbsent, lock, sha256: known }: PutOptions,
): Promise<PutResult> => {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const sha256 = known ?? sha256Hex(bytes);
  try {
    const written = await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        // Of an empty body the SDK finds no length by itself.
        ContentLength: bytes.byteLength,
        ContentType: contentType,
        ChecksumSHA256: base64OfHex(sha256),
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
        IfNoneMatch: ifAbsent === true ? "*" : undefined,
        ObjectLockMode: lock?.mode,
        ObjectLockRetainUntilDate: lock?.until,
      }),
    );
    return { written: true, versionId: written.VersionId ?? "null", sha256 };
  } catch (error) {
    if (ifAbsent === true && statusOf(error) === 412) return { written: false };
    throw error;
  }
};

const factsOf = (key: string, found: GetObjectCommandOutput | HeadObjectCommandOutput, sizeBytes: number): ObjectFacts => ({
  key,
  versionId: found.VersionId ?? "null",
  sizeBytes,
  lastModified: found.LastModified ?? new Date(0),
  sha256: hexOf(found.ChecksumSHA256),
  contentType: found.ContentType,
  lock: lockOf(found.ObjectLockMode, found.ObjectLockRetainUntilDate),
});

// A multipart upload's checksum ("...-3") is one of checksums and says nothing of the whole content.
const hexOf = (base64: string | undefined): string | undefined =>
  base64 === undefined || base64.includes("-") ? undefined : Buffer.from(base64, "base64").toString("hex");

const lockOf = (mode: string | undefined, until: Date | undefined): ObjectLock | undefined =>
  until !== undefined && (mode === "GOVERNANCE" || mode === "COMPLIANCE") ? { mode, until } : undefined;

interface ListedEntry {
  Key?: string;
  Size?: number;
  LastModified?: Date;
  VersionId?: string;
  IsLatest?: boolean;
}

interface PageOfVersions {
  Versions?: ListedEntry[];
  DeleteMarkers?: ListedEntry[];
  IsTruncated?: boolean;
  NextKeyMarker?: string;
  NextVersionIdMarker?: string;
}

const listed = (entry: ListedEntry) => ({
  key: entry.Key ?? "",
  sizeBytes: entry.Size ?? 0,
  lastModified: entry.LastModified ?? new Date(0),
});

const version = (entry: ListedEntry, isDeleteMarker: boolean): ListedVersion => ({
  ...listed(entry),
  versionId: entry.VersionId ?? "null",
  isLatest: entry.IsLatest === true,
  isDeleteMarker,
});

// S3 answers versions and markers in two lists; the current one of a key comes first even when both are of one second.
const inOrder = (entries: ListedVersion[]): ListedVersion[] =>
  entries.sort(
    (a, b) =>
      Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) ||
      Number(b.isLatest) - Number(a.isLatest) ||
      b.lastModified.getTime() - a.lastModified.getTime(),
  );

const statusOf = (error: unknown): number | undefined => {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

// 405 is a delete marker named by its version id. A missing bucket is a failure, not an absent object.
export const absentAsUndefined = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    const absent = statusOf(error) === 404 || (statusOf(error) === 405 && nameOf(error) !== "NotImplemented");
    if (absent && nameOf(error) !== "NoSuchBucket") return undefined;
    throw error;
  }
};

const cutShort = (bucket: string, key: string, found: GetObjectCommandOutput, bytes: Uint8Array | undefined): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `s3://${bucket}/${key} was cut short`,
    received: `${bytes?.byteLength ?? 0} bytes`,
    allowed: `${found.ContentLength} bytes`,
    hint: "Run the function again; its work so far is kept",
  });
