import type { DatabaseLags } from "../../local/embedded-aws/rds";
import { authorisationNote } from "../../local/gateway";
import type { Part } from "../../recovery/evidence/evidence";
import { DATABASE_LAGS, REPLICATION_LAG_SECONDS } from "./profile";

/** What a scenario says in its own words. */
export interface ScenarioParts {
  /** What was done to the servers: "killed with SIGKILL". */
  readonly chroma: string;
  readonly postgres: string;
  /** Of its disaster, and of what the embedded AWS does not show of it. */
  readonly own: readonly Part[];
}

/** What this drill ran for real, and what stood in for AWS. A reader of the report must be able to tell. */
export const drillParts = (
  { automatedBackupReplicationSeconds, replicaSeconds }: DatabaseLags,
  { chroma, postgres, own }: ScenarioParts,
): readonly Part[] => [
  {
    name: "Pulumi engine, program and state",
    real: true,
    note: "the Pulumi CLI on Pulumi.yaml, with state in a bucket of each stack's own region; dr saves it after each step, as on AWS, prod once at its end",
  },
  { name: "Chroma", real: true, note: `Chroma servers with their data on disk; ${chroma}` },
  {
    name: "PostgreSQL",
    real: true,
    note: `PostgreSQL 15 servers with their own archive, base backups and recovery to a time; a standby that commits wait for, a replica that streams, and its promotion; ${postgres}`,
  },
  { name: "functions", real: true, note: "the bundles that are deployed to AWS, on Node.js, under their own roles" },
  { name: "documents", real: true, note: "texts found on this machine, with vectors from a deterministic local embedding" },
  {
    name: "Pulumi plugins aws, kubernetes, random",
    real: false,
    note: "local plugins that call the same APIs in place of the official ones",
  },
  {
    name: "S3, Lambda, Step Functions, EventBridge, SNS, SQS, SSM, KMS, IAM",
    real: false,
    note: "MiniStack, with signatures and IAM policies enforced; KMS keys are configured, objects are not encrypted with them",
  },
  {
    name: "cross-region replication",
    real: false,
    note: `real PUTs between the emulator's regions, ${REPLICATION_LAG_SECONDS} s late; on AWS up to 15 minutes with RTC`,
  },
  {
    name: "S3 Inventory, replication metrics and lifecycle rules",
    real: false,
    note: "configured as on AWS and checked under Pulumi mocks; nothing here makes inventories, publishes a rule's metrics or moves objects between storage classes",
  },
  {
    name: "RDS",
    real: false,
    note: `an API over the PostgreSQL servers, checked against AWS's service model: WAL is shipped every ${DATABASE_LAGS.walShippingSeconds} s (5 min on AWS) and copied ${automatedBackupReplicationSeconds} s later (5 to 30 min on AWS); what streams to the replica is ${replicaSeconds} s under way; volumes do not fill lazily, disks are not encrypted; ${authorisationNote}`,
  },
  { name: "CloudWatch alarms", real: false, note: `an evaluator that follows AWS's documentation; ${authorisationNote}` },
  {
    name: "Kubernetes",
    real: false,
    note: "an API and a runner that start the declared containers as processes; network policies and volumes' speed are not shown",
  },
  {
    name: "AWS Backup",
    real: false,
    note: "off here; hourly snapshots copied into a locked vault, and the alarms on their age and on failed jobs, are configured as on AWS and checked under Pulumi mocks",
  },
  {
    name: "pods' roles",
    real: false,
    note: "EKS's association API and its agent are Lifeboat's; the sessions come from the emulator's STS and are enforced by its IAM evaluator",
  },
  {
    name: "access to the cluster",
    real: false,
    note: "the export of Kubernetes objects shows tokens of EKS's form, which the emulator's STS is asked about; access entries are Lifeboat's, with the one policy that is used; there is no TLS to the API, and Roles are not evaluated",
  },
  {
    name: "snapshots of Chroma's volume",
    real: false,
    note: "chosen by configuration and checked under Pulumi mocks: no volume here has snapshots, and a restore from one is a page of instructions",
  },
  {
    name: "network",
    real: false,
    note: "one machine, with TLS to the databases only: subnets, security groups and endpoints are declared and tested under mocks, and not enforced here",
  },
  ...own,
];
