/** A lock on one object version. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
export interface ObjectLock {
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  readonly until: Date;
}

export interface PutOptions {
  readonly contentType: string;
  /** Of the body, lower-case hex, where it is known already: S3 refuses a body that has another one. */
  readonly sha256?: string;
  /** Writes only when no object has the key now: what is there stays as it is, and `written` is false. */
  readonly ifAbsent?: boolean;
  readonly lock?: ObjectLock;
}

/** `versionId` is "null" in a bucket without versioning. */
export type PutResult =
  | { readonly written: true; readonly versionId: string; readonly sha256: string }
  | { readonly written: false; readonly versionId?: undefined; readonly sha256?: undefined };

export interface ObjectFacts {
  readonly key: string;
  readonly versionId: string;
  readonly sizeBytes: number;
  readonly lastModified: Date;
  /** What S3 computed when it was written (hex), where a writer gave a SHA-256. */
  readonly sha256?: string;
  readonly contentType?: string;
  readonly lock?: ObjectLock;
}

export interface StoredObject extends ObjectFacts {
  readonly bytes: Uint8Array;
}

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly lastModified: Date;
}

/** One version of a key, or the marker that deleted it. */
export interface ListedVersion extends ListedObject {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
}

/**
 * One bucket as functions see it. Absence is a value (`undefined`), every other failure is thrown.
 * Lists come page by page in ascending key order, so that memory stays flat in the size of the bucket.
 */
export interface ObjectStore {
  readonly bucket: string;
  /** Sends the body's SHA-256 with it: S3 refuses a body that arrives changed, and keeps the digest. */
  put(key: string, body: Uint8Array | string, options: PutOptions): Promise<PutResult>;
  /** The current version, or the given one. */
  get(key: string, versionId?: string): Promise<StoredObject | undefined>;
  head(key: string, versionId?: string): Promise<ObjectFacts | undefined>;
  /** Current objects. `startAfter` continues behind a key. */
  list(prefix: string, startAfter?: string): AsyncIterable<readonly ListedObject[]>;
  /** All versions and delete markers; of one key newest first. `startAfter` continues behind all versions of a key. */
  versions(prefix: string, startAfter?: string): AsyncIterable<readonly ListedVersion[]>;
  lock(key: string, versionId: string, lock: ObjectLock): Promise<void>;
}

/** The text of an object; undefined when there is none. */
export const getText = async (store: ObjectStore, key: string, versionId?: string): Promise<string | undefined> => {
  const found = await store.get(key, versionId);
  return found === undefined ? undefined : Buffer.from(found.bytes).toString("utf8");
};
