/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html */
export type ReplicationStatus = "PENDING" | "COMPLETED" | "FAILED" | "REPLICA";

export interface VersionRef {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** The value of x-amz-replication-status for each version that replication touched. */
export interface Statuses {
  of(version: VersionRef): ReplicationStatus | undefined;
  /** A source version waits for this many destinations. */
  pending(version: VersionRef, destinations: number): void;
  /** One destination is done with: the source is COMPLETED after the last, FAILED after the first that failed. */
  settled(version: VersionRef, result: "copied" | "unmatched" | "failed"): void;
  replica(version: VersionRef): void;
  forget(version: VersionRef): void;
}

interface Entry {
  status: ReplicationStatus;
  left: number;
  copies: number;
}

const idOf = ({ bucket, key, versionId }: VersionRef): string => `${bucket}/${key}\0${versionId ?? ""}`;

export const createStatuses = (): Statuses => {
  const entries = new Map<string, Entry>();
  return {
    of: (version) => entries.get(idOf(version))?.status,
    pending: (version, destinations) => void entries.set(idOf(version), { status: "PENDING", left: destinations, copies: 0 }),
    settled: (version, result) => {
      const entry = entries.get(idOf(version));
      if (entry === undefined) return;
      entry.left -= 1;
      if (result === "copied") entry.copies += 1;
      if (result === "failed") entry.status = "FAILED";
      else if (entry.left === 0 && entry.status === "PENDING") {
        if (entry.copies > 0) entry.status = "COMPLETED";
        else entries.delete(idOf(version));
      }
    },
    replica: (version) => void entries.set(idOf(version), { status: "REPLICA", left: 0, copies: 0 }),
    forget: (version) => void entries.delete(idOf(version)),
  };
};
