import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { kmsAuthenticity } from "../shared/authenticity";
import { rdsAutomatedBackups } from "../shared/automated-backups";
import { catalogueOf } from "../shared/catalogue";
import { cloudWatchReplicaLag, rdsReplicas } from "../shared/database-replica";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required, WholeNumber } from "../shared/environment";
import { jsonOf } from "../shared/json";
import { rdsLockedCopies } from "../shared/locked-copies";
import { entryPoint } from "../shared/log";
import { cloudWatchMetrics } from "../shared/metrics";
import { s3Objects } from "../shared/s3-objects";
import { publishDumpAge } from "./dump";
import { SnapshotJobEvent, WatchedStore } from "./events";
import { watch } from "./sample";
import { countFailedJob, publishLockedCopyAge } from "./snapshots";

const s3 = new S3Client({});
const kms = new KMSClient({});
const rds = new RDSClient({});
const automatedBackups = rdsAutomatedBackups(rds);
const cloudWatch = new CloudWatchClient({});
const metrics = cloudWatchMetrics(cloudWatch);

const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  VAULT_BUCKET: Required,
  CATALOGUE_KEY: Required,
  DOCUMENTS_REPLICA_BUCKET: Required,
  PRIMARY_REGION: Required,
  DATABASE_INSTANCE: Required,
  SAMPLES_PER_RUN: WholeNumber.pipe(z.number().positive()),
  SAMPLE_INTERVAL_SECONDS: WholeNumber,
  HAS_REPLICA: jsonOf(z.boolean()),
  REPLICA_LAG_PERIOD_SECONDS: WholeNumber,
  HAS_DUMP: jsonOf(z.boolean()).default(false),
  HAS_LOCKED_COPIES: jsonOf(z.boolean()).default(false),
  STORES: jsonOf(z.array(WatchedStore).min(1)),
};

/** What is left for one sample, in milliseconds: the run ends by itself before the next call. */
const SAMPLE_MARGIN_MS = 2_000;

export const handler = entryPoint("watch", async (event, { log, now, remainingMs }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const snapshots = { system: environment.LIFEBOAT_SYSTEM, metrics, log, now };
  const failed = SnapshotJobEvent.safeParse(event);
  if (failed.success) return { counted: await countFailedJob(snapshots, failed.data) };
  const sources = {
    system: environment.LIFEBOAT_SYSTEM,
    catalogue: catalogueOf(s3Objects(s3, environment.VAULT_BUCKET), kmsAuthenticity(kms, environment.CATALOGUE_KEY)),
    documentsReplica: s3Objects(s3, environment.DOCUMENTS_REPLICA_BUCKET),
    postgres: {
      automatedBackups,
      instance: environment.DATABASE_INSTANCE,
      primaryRegion: environment.PRIMARY_REGION,
      ...(environment.HAS_REPLICA
        ? { replica: { replicas: rdsReplicas(rds), lags: cloudWatchReplicaLag(cloudWatch, environment.REPLICA_LAG_PERIOD_SECONDS) } }
        : {}),
    },
  };
  if (environment.HAS_DUMP) await publishDumpAge({ catalogue: sources.catalogue, metrics, log, now }, sources.system);
  if (environment.HAS_LOCKED_COPIES)
    await publishLockedCopyAge(snapshots, {
      copies: rdsLockedCopies(rds),
      instance: environment.DATABASE_INSTANCE,
      primaryRegion: environment.PRIMARY_REGION,
    });
  return watch(
    { sources, metrics, log, now, sleep, deadline: deadlineOf(remainingMs, SAMPLE_MARGIN_MS) },
    {
      stores: environment.STORES,
      samplesPerRun: environment.SAMPLES_PER_RUN,
      sampleIntervalSeconds: environment.SAMPLE_INTERVAL_SECONDS,
    },
  );
});
