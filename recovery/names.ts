import type { Store } from "./store";

/** Where a system lives: its name, account and two regions. Every name that both stacks must agree on derives from it. */
export interface Site {
  readonly system: string;
  readonly accountId: string;
  readonly primaryRegion: string;
  readonly recoveryRegion: string;
}

/** Bucket names. The account and region make them unique; S3 allows 63 characters (configuration checks the system's length). */
export const bucketNames = ({ system, accountId, primaryRegion, recoveryRegion }: Site) => ({
  documents: `${system}-documents-${accountId}-${primaryRegion}`,
  documentsReplica: `${system}-documents-${accountId}-${recoveryRegion}`,
  documentsVault: `${system}-documents-vault-${accountId}-${recoveryRegion}`,
  staging: `${system}-staging-${accountId}-${primaryRegion}`,
  vault: `${system}-vault-${accountId}-${recoveryRegion}`,
});

/** The bucket with S3's inventories of the documents, in each region. */
export const reportsBucketName = ({ system, accountId }: Pick<Site, "system" | "accountId">, region: string): string =>
  `${system}-reports-${accountId}-${region}`;

/** The bucket that a drill, or a recovery to a time, copies documents to: its prefix is all that the restoring role may write to. */
export const recoveredBucketPrefix = ({ system, accountId }: Pick<Site, "system" | "accountId">): string =>
  `${system}-recovered-${accountId}-`;

/** Names of the PostgreSQL database and of what stands for its recovery. RDS allows 63 characters in an identifier. */
export const databaseNames = (system: string) => ({
  /** The protected instance that Lifeboat makes; one that existed has a name of its own. Its automated backups are found by it in the recovery region. */
  instance: `${system}-postgres`,
  /** Subnet and parameter groups: of the protected instance, and of those that a recovery makes. */
  group: `${system}-postgres`,
  /** Its standing read replica in the recovery region, which a failover promotes. */
  replica: `${system}-postgres-replica`,
  recoveredInstance: (recoveryId: string): string => `${system}-postgres-${recoveryId}`,
  /** Secrets with `DatabaseSecret` in them: of the protected instance, and of those that a recovery makes. */
  secret: `lifeboat/${system}/postgres`,
  recoveredSecret: (recoveryId: string): string => `${recoveredSecretPrefix(system)}${recoveryId}/postgres`,
});

/** The prefix of the secrets that a recovery makes: all that its functions may read. */
export const recoveredSecretPrefix = (system: string): string => `lifeboat/${system}/recoveries/`;

/** The functions, in the order in which data meets them. `protect-bucket` stands only where the documents' bucket is not Lifeboat's. */
export const FUNCTIONS = [
  "canary",
  "protect-bucket",
  "chroma-export",
  "configuration-export",
  "kubernetes-read",
  "seal",
  "verify",
  "watch",
  "compare-documents",
  "renew-locks",
  "recovery-set",
  "coverage",
  "resolve",
  "chroma-import",
  "documents-restore",
  "promote",
  "postgres-ready",
  "validate",
  "cut-over",
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export const functionName = (system: string, name: FunctionName): string => `${system}-${name}`;

/** The alias of the HMAC key that the catalogue is authenticated by, in the recovery region. */
export const catalogueKeyAlias = (system: string): string => `alias/${system}-catalogue`;

/** The alias of the key that exported secrets are sealed under, in the recovery region: only who restores or proves them opens it. */
export const sealedSecretsKeyAlias = (system: string): string => `alias/${system}-sealed-secrets`;

/** The state machine of the primary region that exports Chroma. */
export const exportMachineName = (system: string): string => `${system}-chroma-export`;

/** SSM parameters of the recovery region that `dr` and applications find the rest by. */
export const parameterNames = (system: string) => ({
  /** What stands in the recovery region, for `dr`: buckets, keys, functions, objectives. Written by `prod`. */
  standing: `/lifeboat/${system}/standing`,
  /** The endpoints that applications use now. Written first by `prod`, then by a cut-over. */
  live: `/lifeboat/${system}/live`,
});

/** Backup jobs run in a namespace beside Chroma's. */
export const jobsNamespace = (chromaNamespace: string): string => `${chromaNamespace}-jobs`;
/** A backup job's CronJob and service account, and the role of its pods. */
export const jobNames = (system: string, job: string) => ({ cronJob: `${system}-${job}`, role: `${system}-job-${job}` });

/** The canary object of the documents bucket, and the prefix that belongs to Lifeboat in it. */
export const RESERVED_DOCUMENTS_PREFIX = ".lifeboat/";
export const CANARY_KEY = `${RESERVED_DOCUMENTS_PREFIX}canary.json`;

/** CloudWatch namespace, metric and dimension of the measured lag. Seconds. */
export const METRICS = {
  namespace: "Lifeboat",
  rpoLag: "RpoLagSeconds",
  refusedPoints: "RefusedPoints",
  replicationStopped: "ReplicationStopped",
  documentsMissing: "DocumentsMissing",
  documentsPending: "DocumentsPending",
  documentsDiffering: "DocumentsDiffering",
  documentsUnlocked: "DocumentsUnlocked",
  documentsUndeleted: "DocumentsUndeleted",
  comparisonAge: "ComparisonAgeSeconds",
  configurationLag: "ConfigurationLagSeconds",
  secretsWithoutReplica: "SecretsWithoutReplica",
  uncovered: "Uncovered",
  dumpAge: "DumpAgeSeconds",
  forgedObjects: "ForgedObjects",
  damageSigns: "DamageSigns",
  missingFromSet: "MissingFromSet",
  jobFailures: "JobFailures",
  lockedCopyAge: "LockedCopyAgeSeconds",
  snapshotFailures: "SnapshotFailures",
} as const;

/** AWS Backup's vaults in both regions, its plan and its role: one name. */
export const snapshotsName = (system: string): string => `${system}-snapshots`;

/** The alarm on a replication that has ended by itself: its status says so before its lag does. */
export const replicationAlarmName = (system: string, store: Store): string => `${system}-${store}-replication-stopped`;

/** The alarm on the age of the newest proven dump of PostgreSQL. */
export const dumpAlarmName = (system: string): string => `${system}-postgres-dump-age`;

/** The alarms on copies of snapshots by AWS Backup: the newest one's age, and jobs that fail one after the other. */
export const lockedCopyAlarmName = (system: string): string => `${system}-postgres-locked-copy-age`;
export const snapshotFailuresAlarmName = (system: string): string => `${system}-snapshot-failures`;

/** The alarm on attempts of a backup job that fail. */
export const jobAlarmName = (system: string, job: string): string => `${system}-${job}-failed`;

/** The alarm on objects of the catalogue that nobody wrote who may. */
export const forgedAlarmName = (system: string): string => `${system}-forged`;

/** The alarm on recovery sets that lack a store. */
export const setAlarmName = (system: string): string => `${system}-set-incomplete`;

/** The alarm on dumps whose rows shrank. It is a warning: somebody may have deleted them on purpose. */
export const rowsFellAlarmName = (system: string): string => `${system}-postgres-rows-fell`;

/** The alarm on a store's lag. */
export const rpoAlarmName = (system: string, store: Store): string => `${system}-${store}-rpo-lag`;

/** The alarm on what nobody protects. It speaks of no damage, and of no lag. */
export const coverageAlarmName = (system: string): string => `${system}-uncovered`;
