import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { Optional, parseEnvironment, Required, WholeNumber } from "../shared/environment";
import { jsonOf } from "../shared/json";
import { entryPoint } from "../shared/log";
import { cloudWatchMetrics } from "../shared/metrics";
import { s3Objects } from "../shared/s3-objects";
import { compareDocuments } from "./compare";
import { s3Head } from "./heads";
import { compareInventories } from "./inventory/compare";
import { s3File } from "./inventory/file";
import { listingTools } from "./listings";
import { patience } from "./patience";
import { cloudWatchRuleStatus, ReplicationRule } from "./rules";

const s3 = new S3Client(patience());
const cloudWatch = new CloudWatchClient({});
let primaryS3: S3Client | undefined;

const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  PRIMARY_REGION: Required,
  VAULT_BUCKET: Required,
  DOCUMENTS_BUCKET: Required,
  DOCUMENTS_REPLICA_BUCKET: Required,
  DOCUMENTS_VAULT_BUCKET: Required,
  REPLICATION_RULES: jsonOf(z.array(ReplicationRule)),
  REPLICATES_DELETES: jsonOf(z.boolean()),
  LAG_SECONDS: WholeNumber.pipe(z.number().positive()),
  RETENTION_DAYS: WholeNumber.pipe(z.number().positive()),
  ROTATION_RUNS: WholeNumber.pipe(z.number().positive()),
  /** Where S3 Inventory reports on each region's buckets; absent where it is not configured. */
  PRIMARY_REPORTS_BUCKET: Optional,
  REPORTS_BUCKET: Optional,
};

export const handler = entryPoint("compare-documents", async (_event, { log, now, remainingMs }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  primaryS3 ??= new S3Client({ ...patience(), region: environment.PRIMARY_REGION });
  const buckets = {
    source: environment.DOCUMENTS_BUCKET,
    replica: environment.DOCUMENTS_REPLICA_BUCKET,
    locked: environment.DOCUMENTS_VAULT_BUCKET,
  };
  const stores = {
    source: s3Objects(primaryS3, buckets.source),
    replica: s3Objects(s3, buckets.replica),
    locked: s3Objects(s3, buckets.locked),
  };
  const heads = {
    source: s3Head(primaryS3, buckets.source),
    replica: s3Head(s3, buckets.replica),
    locked: s3Head(s3, buckets.locked),
  };
  const tools = { ...listingTools(stores, heads, { now, remainingMs }), vault: s3Objects(s3, environment.VAULT_BUCKET), log };
  const lockPeriod = { days: environment.RETENTION_DAYS };
  const common = { system: environment.LIFEBOAT_SYSTEM, buckets, lagSeconds: environment.LAG_SECONDS };
  const response = await compareDocuments(
    {
      ...tools,
      ruleStatus: cloudWatchRuleStatus(cloudWatch, buckets.source),
      metrics: cloudWatchMetrics(cloudWatch),
    },
    {
      ...common,
      rules: environment.REPLICATION_RULES,
      replicatesDeletes: environment.REPLICATES_DELETES,
      lockPeriod,
      rotationRuns: environment.ROTATION_RUNS,
    },
  );
  const { REPORTS_BUCKET, PRIMARY_REPORTS_BUCKET } = environment;
  if (response.outcome !== "finished" || REPORTS_BUCKET === undefined || PRIMARY_REPORTS_BUCKET === undefined) return response;
  const ofRecovery = reportsIn(s3, REPORTS_BUCKET);
  const inventoryReportKey = await compareInventories(
    { ...tools, reports: { source: reportsIn(primaryS3, PRIMARY_REPORTS_BUCKET), replica: ofRecovery, locked: ofRecovery } },
    { ...common, examine: { lockPeriod, replicatesDeletes: environment.REPLICATES_DELETES } },
  );
  return { ...response, inventoryReportKey };
});

const reportsIn = (client: S3Client, bucket: string) => ({ bucket: s3Objects(client, bucket), open: s3File(client, bucket) });
