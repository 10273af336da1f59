import { RESERVED_DOCUMENTS_PREFIX } from "../../../recovery/names";
import type { CorruptionSign } from "../../../recovery/strategy/signals";
import type { ListedVersion, ObjectStore } from "../objects";

export type DocumentVersions = Pick<ObjectStore, "bucket" | "versions">;

export interface DocumentSettings {
  readonly now: Date;
  /** A share of keys that were deleted or overwritten, above 0, 1 at most, that is a sign. */
  readonly share?: number;
  readonly maxPages?: number;
}

/** 1,000 versions a page: enough to see an attack on everything, and seconds. */
export const MAX_PAGES_READ = 5;
const DEFAULT_SHARE = 0.5;
const RECENT_MS = 24 * 60 * 60 * 1000;
/** Below this many keys a share says nothing. */
const MIN_KEYS = 20;

interface Change {
  readonly at: Date;
  readonly deleted: boolean;
}

/**
 * Whether most of the older documents at the beginning of the bucket were deleted or overwritten within a day. S3 lists by key, not by time, so a
 * bounded look sees the first keys only: an attack on a prefix behind them is not seen here, and a system that rewrites its documents daily looks like
 * one that is attacked.
 */
export const documentSigns = async (replica: DocumentVersions, settings: DocumentSettings): Promise<readonly CorruptionSign[]> => {
  const { now, share = DEFAULT_SHARE, maxPages = MAX_PAGES_READ } = settings;
  const recentFrom = new Date(now.getTime() - RECENT_MS);
  const versions = await firstVersions(replica, maxPages);
  const keys = [...byKey(versions).values()].filter((ofKey) =>
    ofKey.some(({ lastModified, isDeleteMarker }) => !isDeleteMarker && lastModified < recentFrom),
  );
  const changes = keys.flatMap((ofKey) => changeOf(ofKey, recentFrom) ?? []);
  if (keys.length < MIN_KEYS || changes.length / keys.length < share) return [];
  const deleted = changes.filter((change) => change.deleted).length;
  const since = new Date(Math.min(...changes.map(({ at }) => at.getTime())));
  return [
    {
      kind: "document-changes",
      store: "objects",
      since,
      evidence: `of the first ${keys.length} documents older than a day, ${deleted} were deleted and ${changes.length - deleted} overwritten since ${since.toISOString()}`,
      look: `ask whether that was on purpose: aws s3api list-object-versions --bucket ${replica.bucket} --max-items 100`,
    },
  ];
};

const firstVersions = async (replica: DocumentVersions, maxPages: number): Promise<readonly ListedVersion[]> => {
  const versions: ListedVersion[] = [];
  let pages = 0;
  for await (const page of replica.versions("")) {
    versions.push(...page);
    pages += 1;
    if (pages >= maxPages) break;
  }
  return versions.filter(({ key }) => !key.startsWith(RESERVED_DOCUMENTS_PREFIX));
};

const byKey = (versions: readonly ListedVersion[]): ReadonlyMap<string, readonly ListedVersion[]> => {
  const keys = new Map<string, ListedVersion[]>();
  for (const version of versions) keys.set(version.key, [...(keys.get(version.key) ?? []), version]);
  return keys;
};

/** The first recent change of a key that was there before: what it is now tells whether it was deleted. */
const changeOf = (ofKey: readonly ListedVersion[], recentFrom: Date): Change | undefined => {
  const recent = ofKey.filter(({ lastModified }) => lastModified >= recentFrom);
  const first = recent.at(-1);
  if (first === undefined) return undefined;
  return { at: first.lastModified, deleted: ofKey.some(({ isLatest, isDeleteMarker }) => isLatest && isDeleteMarker) };
};
