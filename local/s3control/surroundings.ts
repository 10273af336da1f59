/** One version of a key, or the marker that deleted it. */
export interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: Date;
  readonly isDeleteMarker: boolean;
}

export type VersionStatus = "NONE" | "PENDING" | "FAILED" | "COMPLETED" | "REPLICA";

/** What became of a version at its destinations; `unmatched`: no rule takes an object with these tags and this encryption. */
export type TaskResult = { readonly result: "succeeded" | "unmatched" } | { readonly result: "failed"; readonly reason: string };

/** A bucket's replication, by the rules that it has now. */
export interface Replicator {
  /** Whether a rule may take the version, by its key. */
  isEligible(version: Version): boolean;
  statusOf(version: Version): VersionStatus;
  /** All versions of one key, the oldest first; those that are asked for are replicated, and answered in the same order. */
  replicate(history: readonly (Version & { readonly asked: boolean })[]): Promise<readonly TaskResult[]>;
}

/** What batch jobs find around them. */
export interface Surroundings {
  /** The region that a bucket lives in; undefined when there is none. */
  homeOf(bucket: string): Promise<string | undefined>;
  /** undefined when the bucket has no replication configuration. */
  replicatorOf(bucket: string, region: string): Replicator | undefined;
  /** Why Batch Operations cannot take on a role; undefined when it can. */
  roleProblem(roleArn: string): Promise<string | undefined>;
  /** Whether the role's policies let it do this. */
  roleMay(roleArn: string, action: string, resource: string): Promise<boolean>;
  /** Every version of every key: keys in order, and of each key the newest first. */
  versions(bucket: string, region: string): AsyncIterable<Version>;
  put(bucket: string, key: string, body: string): Promise<void>;
}
