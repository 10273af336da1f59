import { type JobRequest, replicationStatuses } from "./shapes";
import type { Replicator, Version } from "./surroundings";

export type Entry = Version & { readonly asked: boolean };

/** The versions of a bucket, key by key, the oldest of each key first. */
export async function* histories(versions: AsyncIterable<Version>): AsyncIterable<readonly Version[]> {
  let history: Version[] = [];
  for await (const version of versions) {
    if (history[0] !== undefined && history[0].key !== version.key) {
      yield history.reverse();
      history = [];
    }
    history.push(version);
  }
  if (history.length > 0) yield history.reverse();
}

type Filter = JobRequest["ManifestGenerator"]["S3JobManifestGenerator"]["Filter"];

/**
 * Which versions of a key a job is about. Without statuses all of them count, but for those that replication is about to copy by itself.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-batch.html#batch-replication-filters
 */
export const entriesOf = (history: readonly Version[], filter: Filter, replicator: Replicator): readonly Entry[] => {
  const statuses: readonly string[] = filter.ObjectReplicationStatuses?.member ?? replicationStatuses;
  const { CreatedAfter, CreatedBefore } = filter;
  return history.map((version) => ({
    ...version,
    asked:
      replicator.isEligible(version) &&
      statuses.includes(replicator.statusOf(version)) &&
      (CreatedAfter === undefined || version.lastModified > CreatedAfter) &&
      (CreatedBefore === undefined || version.lastModified < CreatedBefore),
  }));
};
