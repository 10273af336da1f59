import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { OpenFile } from "../../../../lambdas/compare-documents/inventory/rows";
import type { MemoryObjects } from "../../../support/memory-objects";

const md5 = (data: Uint8Array | string): string => createHash("md5").update(data).digest("hex");

/** As forms are encoded, which is how S3 writes keys into a report. */
const encodedKey = (key: string): string => encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");

const SCHEMA =
  "Bucket, Key, Size, LastModifiedDate, ReplicationStatus, ObjectLockRetainUntilDate, ObjectLockMode, StorageClass, EncryptionStatus";

/**
 * A report of S3 Inventory on what a bucket holds now, as AWS documents it: gzip files of quoted fields, then the manifest and its checksum.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
 */
export const writeReport = async (reports: MemoryObjects, bucket: MemoryObjects, takenAt: Date, rowsAFile = 3): Promise<void> => {
  const folder = `inventory/${bucket.bucket}/lifeboat-daily`;
  const rows: string[] = [];
  for await (const page of bucket.list(""))
    for (const { key, sizeBytes, lastModified } of page) {
      const lock = (await bucket.head(key))?.lock;
      const fields = [bucket.bucket, encodedKey(key), sizeBytes, lastModified.toISOString(), "COMPLETED"];
      const locks = [lock?.until.toISOString() ?? "", lock?.mode ?? ""];
      rows.push([...fields, ...locks, "STANDARD", "SSE-KMS"].map((field) => `"${field}"`).join(","));
    }
  // S3 promises no order.
  rows.reverse();
  const files: { key: string; size: number; MD5checksum: string }[] = [];
  for (let start = 0; start < rows.length; start += rowsAFile) {
    const bytes = gzipSync(`${rows.slice(start, start + rowsAFile).join("\n")}\n`);
    const key = `${folder}/data/${start}.csv.gz`;
    reports.add(key, bytes);
    files.push({ key, size: bytes.byteLength, MD5checksum: md5(bytes) });
  }
  const manifest = JSON.stringify({
    sourceBucket: bucket.bucket,
    destinationBucket: `arn:aws:s3:::${reports.bucket}`,
    version: "2016-11-30",
    creationTimestamp: String(takenAt.getTime()),
    fileFormat: "CSV",
    fileSchema: SCHEMA,
    files,
  });
  const day = `${takenAt.toISOString().slice(0, 16).replace(":", "-")}Z`;
  reports.add(`${folder}/${day}/manifest.json`, manifest);
  reports.add(`${folder}/${day}/manifest.checksum`, md5(manifest));
};

/** The files of a bucket, in chunks that end anywhere. */
export const filesOf =
  (reports: MemoryObjects): OpenFile =>
  async (key) => {
    const bytes = (await reports.get(key))?.bytes ?? new Uint8Array();
    const chunks = Array.from({ length: Math.ceil(bytes.byteLength / 7) }, (_, index) =>
      Buffer.from(bytes.slice(index * 7, index * 7 + 7)),
    );
    return Readable.from(chunks);
  };
