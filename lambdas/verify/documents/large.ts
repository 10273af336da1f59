import { crc32 } from "node:zlib";
import type { LargeDocument } from "../../../recovery/catalogue/reading";
import { base64OfCrc32, type StoredDigest } from "./digest";
import { type Examined, type ExamineTools, faultOf } from "./examine";
import { ResumableSha256 } from "./sha256";

/** Smaller documents are read at once: seconds, of which a run has minutes. */
export const LARGE_BYTES = 256 * 1024 ** 2;

/** Of a range that is in memory at a time, and what an interrupted run loses. A multiple of SHA-256's blocks. */
export const RANGE_BYTES = 32 * 1024 ** 2;

type Reached = NonNullable<LargeDocument["reached"]>;

export interface ReadLarge {
  /** Undefined when it is gone. */
  readonly examined?: Examined;
  /** Where the next run goes on; absent when it was read to its end. */
  readonly reached?: Reached;
}

/**
 * Reads a document by ranges, from where an earlier run stopped. What S3 keeps no digest of is compared with the replica, range by range.
 * The last complete range is handed back whatever stops it: the time, or a fault that may pass.
 */
export const readLarge = async (
  tools: ExamineTools,
  document: LargeDocument,
  rangeBytes = RANGE_BYTES,
): Promise<ReadLarge & { readonly stopped?: unknown }> => {
  const { key } = document;
  let reached: Reached | undefined = document.reached;
  try {
    const stored = await tools.vault.stored(key);
    if (stored === undefined) return {};
    if (reached?.versionId !== stored.versionId) reached = await beginning(tools, key, stored);
    while (reached.readBytes < stored.sizeBytes) {
      const { readBytes } = reached;
      tools.deadline(() => `${readBytes} of ${stored.sizeBytes} bytes of ${key} read`);
      const next: Reached | undefined = await readRange(tools, key, stored, reached, rangeBytes);
      if (next === undefined) return {};
      reached = next;
    }
    return { examined: examinedAs(stored, reached, tools.now()) };
  } catch (stopped) {
    return { ...(reached === undefined ? {} : { reached }), stopped };
  }
};

const beginning = async ({ replica }: ExamineTools, key: string, stored: StoredDigest): Promise<Reached> => {
  const { versionId, sizeBytes, sha256, crc32: check } = stored;
  const copy = sha256 === undefined && check === undefined ? await replica.stored(key) : undefined;
  return {
    ...{ versionId, sizeBytes, readBytes: 0, crc32: 0 },
    ...(sha256 === undefined ? {} : { sha256: new ResumableSha256().keep() }),
    ...(copy?.sizeBytes === sizeBytes ? { replicaVersionId: copy.versionId } : {}),
  };
};

/** Undefined when the version is gone. */
const readRange = async (
  { vault, replica }: ExamineTools,
  key: string,
  { sizeBytes }: StoredDigest,
  { replicaVersionId, ...reached }: Reached,
  rangeBytes: number,
): Promise<Reached | undefined> => {
  const to = Math.min(sizeBytes, reached.readBytes + rangeBytes);
  const bytes = await vault.range(key, reached.versionId, reached.readBytes, to);
  if (bytes === undefined) return undefined;
  // A difference says nothing: the replica follows the source, and the document may have been overwritten since.
  const copy = replicaVersionId === undefined ? undefined : await replica.range(key, replicaVersionId, reached.readBytes, to);
  return {
    ...reached,
    readBytes: to,
    crc32: crc32(bytes, reached.crc32),
    ...(reached.sha256 === undefined ? {} : { sha256: hashed(reached.sha256, bytes, to, to === sizeBytes) }),
    ...(copy !== undefined && Buffer.compare(copy, bytes) === 0 ? { replicaVersionId } : {}),
  };
};

/** The state behind the bytes; behind the last ones the digest. */
const hashed = (state: string, bytes: Uint8Array, sizeBytes: number, isLast: boolean): string => {
  const hash = new ResumableSha256(state);
  hash.update(bytes);
  return isLast ? hash.digest(bytes.subarray(bytes.byteLength - (bytes.byteLength % 64)), sizeBytes) : hash.keep();
};

const examinedAs = (stored: StoredDigest, { readBytes, sha256, crc32: check, replicaVersionId }: Reached, now: Date): Examined => {
  const sizeBytes = readBytes;
  const fault = faultOf(stored, { sizeBytes, crc32: base64OfCrc32(check), ...(sha256 === undefined ? {} : { sha256 }) }, now);
  if (fault !== undefined) return { sizeBytes, fault };
  if (stored.sha256 !== undefined) return { sizeBytes, confirmedBy: "sha256" };
  if (stored.crc32 !== undefined) return { sizeBytes, confirmedBy: "crc32" };
  return { sizeBytes, confirmedBy: replicaVersionId === undefined ? "nothing" : "replica" };
};
