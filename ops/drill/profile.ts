import { pathToFileURL } from "node:url";
import type { EmbeddedAws } from "../../local/embedded-aws";
import type { DatabaseLags } from "../../local/embedded-aws/rds";
import type { StackConfig } from "../../local/stacks";
import { COLLECTIONS } from "../../local/workload/document";
import { bucketNames, rpoAlarmName } from "../../recovery/names";
import type { RecoveryMode, Strategy } from "../../recovery/store";
import type { GuardingAlarm } from "./decision";

export const SYSTEM = "acme";
export const REGIONS = { primary: "us-east-1", recovery: "eu-west-1" } as const;
/** In both regions. */
export const CHROMA_NAMESPACE = "acme-chroma";
/** The embedded AWS's account. */
export const ACCOUNT_ID = "000000000000";

export const vaultBucket = bucketNames({
  system: SYSTEM,
  accountId: ACCOUNT_ID,
  primaryRegion: REGIONS.primary,
  recoveryRegion: REGIONS.recovery,
}).vault;

/**
 * The drill's own objectives, so that minutes show what hours would: seconds. They are what the evidence is judged by, and what
 * the program itself plans with; AWS's documented lags would refuse them, the embedded AWS's configured ones do not.
 */
export const OBJECTIVES = { rtoSeconds: 300, postgresRpoSeconds: 45, objectsRpoSeconds: 120, chromaRpoSeconds: 240 } as const;
export const ALARM_AT = { postgresSeconds: 30, objectsSeconds: 95, chromaSeconds: 210 } as const;
/** From a write in the primary region to its copy in the recovery region, as the embedded AWS is told. */
export const REPLICATION_LAG_SECONDS = 2;
/** What the embedded RDS is told. On AWS WAL is shipped every 5 minutes, and the other region's copies are up to 30 minutes behind. */
export const DATABASE_LAGS = {
  walShippingSeconds: 3,
  automatedBackupReplicationSeconds: 5,
  snapshotCopySeconds: 5,
  baseBackupIntervalSeconds: 600,
  replicaSeconds: 1,
  replicaLagMetricSeconds: 5,
} as const;
/** What this run was told to be behind: a drill can show what a longer lag loses. */
export const databaseLagSeconds = (options: { readonly databaseLagSeconds?: number }): number =>
  options.databaseLagSeconds ?? DATABASE_LAGS.automatedBackupReplicationSeconds;
/** Both kinds of copies are behind by what a run asks for. */
export const databaseLags = ({ databaseLagSeconds: asked }: { readonly databaseLagSeconds?: number }): DatabaseLags =>
  asked === undefined ? DATABASE_LAGS : { ...DATABASE_LAGS, automatedBackupReplicationSeconds: asked, replicaSeconds: asked };

/** What the program plans with: shipping and copying, each with as much again for its work. */
const REPLICA_PLANNED_LAG_SECONDS = 2 * (DATABASE_LAGS.replicaSeconds + DATABASE_LAGS.replicaLagMetricSeconds);
const DATABASE_PLANNED_LAG_SECONDS = 2 * (DATABASE_LAGS.walShippingSeconds + DATABASE_LAGS.automatedBackupReplicationSeconds);
export const EXPORT_INTERVAL_SECONDS = 60;
/** Four samples a minute: EventBridge's finest schedule is a minute, and the objective is two. */
export const SAMPLE_INTERVAL_SECONDS = 15;
const SAMPLES_PER_RUN = 4;
/** What the program makes of these samples: two of them to a period. */
export const ALARM_PERIOD_SECONDS = 30;

/** The alarms that may start the recovery. A database that is told to lag behind its threshold alarms before the disaster, and announces nothing. */
export const decidingAlarms = (options: { readonly databaseLagSeconds?: number }): readonly GuardingAlarm[] => {
  const postgres = { name: rpoAlarmName(SYSTEM, "postgres"), store: "postgres", objectiveSeconds: OBJECTIVES.postgresRpoSeconds };
  const objects = { name: rpoAlarmName(SYSTEM, "objects"), store: "objects", objectiveSeconds: OBJECTIVES.objectsRpoSeconds };
  return databaseLagSeconds(options) < ALARM_AT.postgresSeconds ? [postgres, objects] : [objects];
};

/**
 * Values over Pulumi.prod.yaml: the drill's tiers and schedules, and the places of this run. A key replaces the committed one whole.
 * @param repositoryUrl of the company's configuration: with it the jobs of the cluster run too, every minute
 */
export const prodProfile = (
  { pods, networks, chromaPorts, databasePorts, pager, rds }: EmbeddedAws,
  repositoryUrl?: string,
): StackConfig => ({
  "lifeboat:tiers": {
    "drill-postgres": { rto: `${OBJECTIVES.rtoSeconds}s`, rpo: `${OBJECTIVES.postgresRpoSeconds}s` },
    "drill-objects": { rto: `${OBJECTIVES.rtoSeconds}s`, rpo: `${OBJECTIVES.objectsRpoSeconds}s` },
    "drill-chroma": { rto: `${OBJECTIVES.rtoSeconds}s`, rpo: `${OBJECTIVES.chromaRpoSeconds}s` },
  },
  "lifeboat:clusters": {
    primary: {
      ...network(networks.primary),
      context: pods.primary.contextName,
      // The cluster has one name everywhere here.
      name: pods.primary.contextName,
      namespace: CHROMA_NAMESPACE,
    },
    recovery: {
      ...network(networks.recovery),
      chromaPort: chromaPorts.recovery,
      databasePort: databasePorts.recovery,
      replicaPort: databasePorts.replica,
    },
  },
  "lifeboat:postgres": {
    tier: "drill-postgres",
    alarmAt: `${ALARM_AT.postgresSeconds}s`,
    database: SYSTEM,
    port: databasePorts.primary,
    backupRetentionDays: 1,
    recoveryRetentionDays: 1,
    ...(repositoryUrl === undefined ? {} : { dump: dumpOf(rds.caFile) }),
  },
  "lifeboat:objects": { tier: "drill-objects", canary: "rate(1 minute)", alarmAt: `${ALARM_AT.objectsSeconds}s` },
  "lifeboat:chroma": {
    tier: "drill-chroma",
    schedule: "rate(1 minute)",
    maxDuration: "60s",
    alarmAt: `${ALARM_AT.chromaSeconds}s`,
    server: { port: chromaPorts.primary },
  },
  "lifeboat:configuration": {
    schedule: "rate(1 minute)",
    secrets: { prefixes: [`${SYSTEM}/`] },
    ...(repositoryUrl === undefined ? {} : { git: gitOf(repositoryUrl) }),
  },
  "lifeboat:lags": {
    replication: `${REPLICATION_LAG_SECONDS}s`,
    replica: `${REPLICA_PLANNED_LAG_SECONDS}s`,
    automatedBackups: `${DATABASE_PLANNED_LAG_SECONDS}s`,
    verification: "60s",
  },
  // Governance mode and a day: what a drill locks must be possible to give up.
  "lifeboat:vault": { lockMode: "GOVERNANCE", backupRetentionDays: 1, documentsRetentionDays: 1 },
  "lifeboat:sets": { schedule: "rate(1 minute)" },
  // The embedded S3 reports no inventories.
  "lifeboat:documents": { inventory: "off" },
  "lifeboat:watch": {
    schedule: "rate(1 minute)",
    replicaLagPeriod: `${DATABASE_LAGS.replicaLagMetricSeconds}s`,
    samplesPerRun: SAMPLES_PER_RUN,
    sampleInterval: `${SAMPLE_INTERVAL_SECONDS}s`,
  },
  "lifeboat:verify": { schedule: "rate(1 minute)" },
  "lifeboat:notifications": [{ protocol: "sqs", endpoint: pager.queueArn }],
  "lifeboat:protection": "disposable",
});

/** Jobs start with the minute. What they need is small, and the disk is this machine's. */
const dumpOf = (caFile: string) => ({
  schedule: "* * * * *",
  timeLimit: "5m",
  workStorage: "1Gi",
  authorities: pathToFileURL(caFile).href,
});
const gitOf = (url: string) => ({ every: "1m", timeLimit: "5m", workStorage: "1Gi", repositories: [{ name: SYSTEM, url }] });

/** Values over Pulumi.dr.yaml. */
export const drProfile = ({ pods }: EmbeddedAws, mode: RecoveryMode, strategy: Strategy, time?: Date): StackConfig => ({
  "lifeboat:mode": mode,
  "lifeboat:strategy": strategy,
  ...(time === undefined ? {} : { "lifeboat:time": time.toISOString() }),
  "lifeboat:cluster": { context: pods.recovery.contextName, namespace: CHROMA_NAMESPACE },
  "lifeboat:references": Object.keys(COLLECTIONS).map((collection) => ({
    collection,
    metadataField: "object_key",
    timeField: "written_at",
  })),
});

const network = ({ vpcId, subnetIds, securityGroupId }: EmbeddedAws["networks"]["primary"]) => ({
  vpcId,
  subnetIds: [...subnetIds],
  securityGroupId,
  s3Access: "existing",
});
