import { clusterEstimates, type Standby } from "../estimates/cluster";
import type { EstimatedStep } from "./evidence";

const AWS_DOCS = "https://docs.aws.amazon.com";

/**
 * Chroma 1.5.9 from PyPI on two cores: 50,000 records of 384 dimensions with 300-character documents, added through the API in batches of
 * 1,000, two in flight: 832 records/s, bound by the server. A bare add loop took as long. Not AWS's figure: measure it on the node type in use.
 */
export const CHROMA_RESTORE_RECORDS_PER_SECOND = 832;

export interface EstimateQuestion {
  /** Records that the recovery imports into Chroma. */
  readonly chromaRecords: number;
  readonly alarm: { readonly periodSeconds: number; readonly evaluationPeriods: number };
  /** Longest time between two runs of the export. */
  readonly exportIntervalSeconds: number;
  /** Longest time between two measurements of the lag. */
  readonly watchIntervalSeconds: number;
  /** Of a cluster that Lifeboat makes in the recovery region; absent where it is somebody else's and adds nothing. */
  readonly standby?: Standby;
}

/**
 * What the steps of a recovery take on AWS, as documented. `null` stands where nobody publishes a figure: those are measured by a drill on AWS,
 * not guessed here.
 */
export const estimatesOnAws = (question: EstimateQuestion): Readonly<Record<string, EstimatedStep>> => ({
  ...protectionEstimates(question),
  ...decisionEstimates(question),
  ...provisionEstimates(question),
  ...restoreEstimates(question),
});

const protectionEstimates = ({ exportIntervalSeconds }: EstimateQuestion): Readonly<Record<string, EstimatedStep>> => ({
  "postgres: streaming to the standing replica": {
    lagSeconds: null,
    source: `${AWS_DOCS}/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html`,
    note: "unknown: asynchronous, and AWS promises no bound; usually seconds, and the metric shows up to five minutes where nothing is written",
  },
  "postgres: shipping of WAL from the database": {
    lagSeconds: 5 * 60,
    source: `${AWS_DOCS}/AmazonRDS/latest/UserGuide/USER_PIT.html`,
    note: "RDS uploads transaction logs every five minutes; part of the next line's time",
  },
  "postgres: replication of automated backups": {
    lagSeconds: 30 * 60,
    source: `${AWS_DOCS}/prescriptive-guidance/latest/dr-standard-edition-amazon-rds/rds-pitr-snapshot.html`,
    note: "documented as 5 to 30 minutes from a commit to the other region's backups, by how much WAL there is and how fast the network; no SLA",
  },
  "objects: replication of a document": {
    lagSeconds: 15 * 60,
    source: `${AWS_DOCS}/AmazonS3/latest/userguide/replication-time-control.html`,
    note: "S3 RTC: most objects within seconds, 99.99 % within 15 minutes (covered by an SLA per month)",
  },
  "chroma: wait for the next export": {
    lagSeconds: exportIntervalSeconds + 60,
    source: `${AWS_DOCS}/eventbridge/latest/userguide/eb-create-rule-schedule.html`,
    note: "the schedule's interval, and one minute: EventBridge starts a rule within its minute, not at its first second",
  },
  "chroma: one piece of an export": {
    seconds: 15 * 60,
    source: `${AWS_DOCS}/lambda/latest/dg/configuration-timeout.html`,
    note: "an upper bound: a Lambda function is stopped after 15 minutes and called again; a whole export ends within chroma.maxDuration or leaves no recovery point",
  },
  "chroma: replication of an export to the vault": {
    lagSeconds: 15 * 60,
    source: `${AWS_DOCS}/AmazonS3/latest/userguide/replication-time-control.html`,
    note: "S3 RTC: most objects within seconds, 99.99 % within 15 minutes; a point is sealed when its last part has arrived",
  },
  "chroma: event that starts sealing": {
    lagSeconds: 60,
    source: `${AWS_DOCS}/AmazonS3/latest/userguide/EventNotifications.html`,
    note: "documented as typically seconds, sometimes a minute or longer: no upper bound is published, which is why a schedule stands behind the event",
  },
});

const decisionEstimates = ({ alarm, watchIntervalSeconds }: EstimateQuestion): Readonly<Record<string, EstimatedStep>> => ({
  "decide: measurement of the lag": {
    lagSeconds: watchIntervalSeconds + 60,
    source: `${AWS_DOCS}/eventbridge/latest/userguide/eb-create-rule-schedule.html`,
    note: "the schedule's interval, and one minute of EventBridge's precision",
  },
  "decide: evaluation of the alarm": {
    seconds: alarm.periodSeconds * alarm.evaluationPeriods + 60,
    source: `${AWS_DOCS}/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html`,
    note: "the alarm's periods, and one minute: an alarm with periods of a minute or more is evaluated once a minute",
  },
  "decide: a person's decision": {
    seconds: null,
    source: "not an AWS figure",
    note: "unknown: depends on the on-call organisation; a drill that is started by the alarm itself leaves it out",
  },
});

const provisionEstimates = ({ standby }: EstimateQuestion): Readonly<Record<string, EstimatedStep>> => ({
  ...(standby === undefined ? {} : clusterEstimates(standby)),
  "provision: pod and volume of the Chroma server": {
    seconds: null,
    source: `${AWS_DOCS}/eks/latest/userguide/ebs-csi.html`,
    note: "unknown: no figure is published for creating a volume, attaching it, pulling the image and starting the pod on an existing cluster",
  },
  "provision: internal load balancer of Chroma": {
    seconds: null,
    source: `${AWS_DOCS}/elasticloadbalancing/latest/network/target-group-register-targets.html`,
    note: 'unknown: documented only as "a few minutes" until a target is registered and its health checks begin',
  },
});

const restoreEstimates = ({ chromaRecords }: EstimateQuestion): Readonly<Record<string, EstimatedStep>> => ({
  "restore: promotion of the replica": {
    seconds: null,
    source: `${AWS_DOCS}/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html`,
    note: 'unknown: documented only as "several minutes or longer", by the size of the replica, which is rebooted once',
  },
  "restore: database to a time, until available": {
    seconds: null,
    source: `${AWS_DOCS}/prescriptive-guidance/latest/dr-standard-edition-amazon-rds/rds-pitr-snapshot.html`,
    note: 'unknown: documented only as "up to a few hours", by the snapshot\'s size and the WAL that follows it',
  },
  "hydrate: the restored database's volume": {
    seconds: null,
    source: `${AWS_DOCS}/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html`,
    note: "unknown: blocks are loaded when they are first read, and in the background after the database is available; no figure is published",
  },
  "restore: import into Chroma": {
    seconds: Math.round((chromaRecords / CHROMA_RESTORE_RECORDS_PER_SECOND) * 10) / 10,
    source: "measured by Lifeboat with Chroma 1.5.9 on two cores, not by AWS",
    note: `${chromaRecords} records at ${CHROMA_RESTORE_RECORDS_PER_SECOND} records/s, bound by the server`,
  },
  "restore: documents in mode failover": {
    seconds: 0,
    source: `${AWS_DOCS}/AmazonS3/latest/userguide/replication.html`,
    note: "nothing is copied: the live-ready replica becomes the live bucket",
  },
});
