import { type RetentionPolicy, type RetentionValues, retentionPolicy } from "./policy";

/** Object Lock's mode: `COMPLIANCE` can be undone by nobody. */
export type LockMode = "GOVERNANCE" | "COMPLIANCE";

/** Days that snapshots by AWS Backup stay, by how often they are taken. */
export interface SnapshotRetention {
  /** In the primary region. */
  readonly primaryDays: number;
  /** Of the copy in the recovery region: its lock, and its end. */
  readonly lockedDays: number;
}

/** What is kept in both regions, and for how long: the one source of every lock and every lifecycle rule, and of what is said of each recovery point. */
export interface SystemPolicy extends RetentionPolicy {
  readonly lockMode: LockMode;
  /** Exports in the primary region, of what is not held for ever. */
  readonly stagingDays: number;
  /** Overwritten and deleted versions of documents, in the primary region and in the live-ready replica. */
  readonly documentVersions: { readonly sourceDays: number; readonly replicaDays: number };
  /** How far back the recovery region's automated backups reach. */
  readonly databaseDays: number;
  /** S3's inventories of the documents. */
  readonly reportDays: number;
  /** Undefined where none are taken. */
  readonly snapshots?: { readonly hourly: SnapshotRetention; readonly daily: SnapshotRetention };
}

/** The part of a configuration that the policy of a system is made of; days. */
export interface SystemRetentionValues extends RetentionValues {
  readonly lockMode: LockMode;
  readonly stagingDays: number;
  readonly sourceVersionDays: number;
  readonly replicaVersionDays: number;
  readonly databaseDays: number;
  readonly snapshots?: { readonly hourlyDays: number; readonly dailyDays: number; readonly primaryDays: number };
}

/** Enough to look back at a month. */
const REPORT_DAYS = 30;

/** The shortest that AWS Backup keeps anything. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html */
const SHORTEST_SNAPSHOT_DAYS = 1;

export const systemPolicy = (values: SystemRetentionValues): SystemPolicy => ({
  ...retentionPolicy(values),
  lockMode: values.lockMode,
  stagingDays: values.stagingDays,
  documentVersions: { sourceDays: values.sourceVersionDays, replicaDays: values.replicaVersionDays },
  databaseDays: values.databaseDays,
  reportDays: REPORT_DAYS,
  ...(values.snapshots === undefined ? {} : { snapshots: snapshotRetention(values.snapshots) }),
});

/** An hourly snapshot stays in the primary region for as long as its copy takes, and the shortest time besides. */
export const snapshotRetention = ({ hourlyDays, dailyDays, primaryDays }: NonNullable<SystemRetentionValues["snapshots"]>) => ({
  hourly: { primaryDays: SHORTEST_SNAPSHOT_DAYS, lockedDays: hourlyDays },
  daily: { primaryDays, lockedDays: dailyDays },
});
