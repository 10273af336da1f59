import type { ListedObject, ListedVersion, ObjectLock, ObjectStore, PutResult, StoredObject } from "../../lambdas/shared/objects";
import { sha256Hex } from "../../recovery/checksum";

interface Version {
  readonly versionId: string;
  /** Undefined in a delete marker. */
  bytes: Uint8Array | undefined;
  readonly lastModified: Date;
  readonly contentType?: string;
  lock?: ObjectLock;
}

/** A versioned bucket with Object Lock in memory: S3's answers for what functions ask, page by page. */
export class MemoryObjects implements ObjectStore {
  readonly calls: string[] = [];
  /** Keys in the order in which they were written through `put`. */
  readonly puts: string[] = [];
  private readonly keys = new Map<string, Version[]>();
  private made = 0;

  constructor(
    readonly bucket: string,
    private readonly now = () => new Date(0),
    private readonly pageSize = 2,
  ) {}

  async put(key: string, body: Uint8Array | string, options: Parameters<ObjectStore["put"]>[2]): Promise<PutResult> {
    this.calls.push(`put ${key}`);
    if (options.sha256 !== undefined && options.sha256 !== sha256Hex(body)) throw new Error(`BadDigest: ${key}`);
    if (options.ifAbsent === true && this.current(key)?.bytes !== undefined) return { written: false };
    this.puts.push(key);
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const version = this.add(key, bytes, options.contentType);
    version.lock = options.lock;
    return { written: true, versionId: version.versionId, sha256: sha256Hex(bytes) };
  }

  async get(key: string, versionId?: string): Promise<StoredObject | undefined> {
    this.calls.push(`get ${key}`);
    const version = versionId === undefined ? this.current(key) : this.versionsOf(key).find((one) => one.versionId === versionId);
    if (version?.bytes === undefined) return undefined;
    const { bytes, lastModified, lock, contentType } = version;
    return {
      key,
      versionId: version.versionId,
      sizeBytes: bytes.byteLength,
      lastModified,
      sha256: sha256Hex(bytes),
      contentType,
      lock,
      bytes,
    };
  }

  async head(key: string, versionId?: string) {
    return this.get(key, versionId);
  }

  async *list(prefix: string, startAfter = ""): AsyncIterable<readonly ListedObject[]> {
    const behind = this.sortedKeys(prefix).filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(startAfter)) > 0);
    const current = behind.flatMap((key) => {
      const version = this.current(key);
      return version?.bytes === undefined ? [] : [{ key, sizeBytes: version.bytes.byteLength, lastModified: version.lastModified }];
    });
    yield* this.pages(current);
  }

  async *versions(prefix: string, startAfter = ""): AsyncIterable<readonly ListedVersion[]> {
    const behind = this.sortedKeys(prefix).filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(startAfter)) > 0);
    const all = behind.flatMap((key) =>
      this.versionsOf(key)
        .map((version, index, { length }) => ({
          key,
          versionId: version.versionId,
          sizeBytes: version.bytes?.byteLength ?? 0,
          lastModified: version.lastModified,
          isLatest: index === length - 1,
          isDeleteMarker: version.bytes === undefined,
        }))
        .reverse(),
    );
    yield* this.pages(all);
  }

  async lock(key: string, versionId: string, lock: ObjectLock): Promise<void> {
    this.calls.push(`lock ${key}`);
    const version = this.versionsOf(key).find((one) => one.versionId === versionId);
    if (version === undefined) throw new Error(`NoSuchVersion: ${key} ${versionId}`);
    const shorter =
      version.lock !== undefined && (version.lock.until > lock.until || (version.lock.mode === "COMPLIANCE" && lock.mode !== "COMPLIANCE"));
    if (shorter) throw new Error("AccessDenied: a lock is not shortened");
    version.lock = lock;
  }

  /** What a replication or another writer does, past the functions. */
  add(key: string, body: Uint8Array | string | undefined, contentType?: string): Version {
    this.made += 1;
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const version: Version = { versionId: `v${this.made}`, bytes, lastModified: this.now(), contentType };
    this.keys.set(key, [...this.versionsOf(key), version]);
    return version;
  }

  /** What no one may do in a locked bucket: changes the bytes of every version. */
  corrupt(key: string, change: (bytes: Uint8Array) => Uint8Array): void {
    for (const version of this.versionsOf(key)) version.bytes &&= change(version.bytes);
  }

  /** Oldest first. */
  versionsOf(key: string): readonly Version[] {
    return this.keys.get(key) ?? [];
  }

  text(key: string): string | undefined {
    const bytes = this.current(key)?.bytes;
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  }

  keysUnder(prefix: string): string[] {
    return this.sortedKeys(prefix).filter((key) => this.current(key)?.bytes !== undefined);
  }

  private current(key: string): Version | undefined {
    return this.versionsOf(key).at(-1);
  }

  private sortedKeys(prefix: string): string[] {
    return [...this.keys.keys()].filter((key) => key.startsWith(prefix)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  private async *pages<T>(items: readonly T[]): AsyncIterable<readonly T[]> {
    for (let start = 0; start < items.length; start += this.pageSize) yield items.slice(start, start + this.pageSize);
  }
}
