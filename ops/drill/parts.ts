import { authorisationNote } from "../../local/gateway";
import type { Part } from "../../recovery/evidence/evidence";
import { DATABASE_LAGS, REPLICATION_LAG_SECONDS } from "./profile";

/** What this drill ran for real, and what stood in for AWS. A reader of the report must be able to tell. */
export const drillParts = (databaseLagSeconds: number): readonly Part[] => [
  {
    name: "Pulumi engine, program and state",
    real: true,
    note: "the Pulumi CLI on Pulumi.yaml, with state in a bucket of each stack's own region",
  },
  { name: "Chroma", real: true, note: "Chroma servers with their data on disk; killed with SIGKILL, data directory deleted" },
  {
    name: "PostgreSQL",
    real: true,
    note: "PostgreSQL 15 servers with their own archive, base backups and recovery to a time; killed with SIGKILL, data directory and archive deleted",
  },
  { name: "functions", real: true, note: "the bundles that are deployed to AWS, on Node.js, under their own roles" },
  { name: "documents", real: true, note: "texts found on this machine, with vectors from a deterministic local embedding" },
  {
    name: "Pulumi plugins aws, kubernetes, random",
    real: false,
    note: "local plugins that call the same APIs in place of the official ones",
  },
  {
    name: "S3, Lambda, EventBridge, SNS, SQS, SSM, KMS, IAM",
    real: false,
    note: "MiniStack, with signatures and IAM policies enforced; KMS keys are configured, objects are not encrypted with them",
  },
  {
    name: "cross-region replication",
    real: false,
    note: `real PUTs between the emulator's regions, ${REPLICATION_LAG_SECONDS} s late; on AWS up to 15 minutes with RTC`,
  },
  {
    name: "RDS",
    real: false,
    note: `an API over the PostgreSQL servers, checked against AWS's service model: WAL is shipped every ${DATABASE_LAGS.walShippingSeconds} s (5 min on AWS) and copied ${databaseLagSeconds} s later (5 to 30 min on AWS); volumes do not fill lazily, no standby in a second zone, disks are not encrypted; ${authorisationNote}`,
  },
  { name: "CloudWatch alarms", real: false, note: `an evaluator that follows AWS's documentation; ${authorisationNote}` },
  {
    name: "Kubernetes",
    real: false,
    note: "an API and a runner that start the declared containers as processes; network policies and volumes' speed are not shown",
  },
  {
    name: "network",
    real: false,
    note: "one machine, with TLS to the databases only: subnets, security groups and endpoints are declared and tested under mocks, and not enforced here",
  },
  {
    name: "loss of the region",
    real: false,
    note: "calls signed for it or to its buckets are refused at the gateway, with writes to IAM and Route 53; its servers are really killed and erased",
  },
];
