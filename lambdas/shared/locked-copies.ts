import { type DBSnapshot, paginateDescribeDBSnapshots, type RDSClient } from "@aws-sdk/client-rds";

/** A snapshot that AWS Backup copied into this region. */
export interface LockedCopy {
  readonly identifier: string;
  /** When the snapshot was taken; a copy's own time is later, and says nothing of what is in it. */
  readonly takenAt: Date;
}

export interface LockedCopies {
  /** The newest finished copy of an instance of another region; undefined when there is none. */
  newest(instanceIdentifier: string, sourceRegion: string): Promise<LockedCopy | undefined>;
}

/**
 * RDS in the client's region. RDS lists what AWS Backup keeps under a type of its own, and does not tell which vault it is in: a copy that somebody made
 * into an unlocked one counts as well. An instance that is of another region cannot be asked for by its name.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBSnapshots.html
 */
export const rdsLockedCopies = (client: RDSClient): LockedCopies => ({
  async newest(instanceIdentifier, sourceRegion) {
    let newest: LockedCopy | undefined;
    for await (const { DBSnapshots = [] } of paginateDescribeDBSnapshots({ client }, { SnapshotType: "awsbackup" }))
      for (const snapshot of DBSnapshots) {
        const copy = copyOf(snapshot, instanceIdentifier, sourceRegion);
        if (copy !== undefined && (newest === undefined || copy.takenAt > newest.takenAt)) newest = copy;
      }
    return newest;
  },
});

const copyOf = (snapshot: DBSnapshot, instance: string, sourceRegion: string): LockedCopy | undefined => {
  const { DBSnapshotIdentifier: identifier, OriginalSnapshotCreateTime: takenAt, DBInstanceIdentifier, SourceRegion, Status } = snapshot;
  if (identifier === undefined || takenAt === undefined || Status !== "available") return undefined;
  return DBInstanceIdentifier === instance && SourceRegion === sourceRegion ? { identifier, takenAt } : undefined;
};
