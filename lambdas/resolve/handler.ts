import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { RestoreSettings } from "../../recovery/estimates/chroma";
import { kmsAuthenticity } from "../shared/authenticity";
import { rdsAutomatedBackups } from "../shared/automated-backups";
import { cloudWatchReplicaLag, rdsReplicas } from "../shared/database-replica";
import { parseEnvironment, Required, WholeNumber } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { jsonOf } from "../shared/json";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { isTrial, ResolveEvent, type ResolveResponse, TrialEvent, type TrialResponse } from "./events";
import { resolve } from "./resolve";
import { tryRecovery } from "./trial";

const s3 = new S3Client({});
const kms = new KMSClient({});
const rds = new RDSClient({});
const cloudWatch = new CloudWatchClient({});

const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  VAULT_BUCKET: Required,
  CATALOGUE_KEY: Required,
  DOCUMENTS_REPLICA_BUCKET: Required,
  PRIMARY_REGION: Required,
  DATABASE_INSTANCE: Required,
  HAS_BACKFILL: jsonOf(z.boolean()),
  REPLICA_LAG_PERIOD_SECONDS: WholeNumber,
  CHROMA_RESTORE: jsonOf(RestoreSettings).optional(),
};

export const handler = entryPoint<TrialResponse | ResolveResponse>("resolve", async (event, { log, now }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const tools = {
    system: environment.LIFEBOAT_SYSTEM,
    primaryRegion: environment.PRIMARY_REGION,
    databaseInstance: environment.DATABASE_INSTANCE,
    hasBackfill: environment.HAS_BACKFILL,
    ...(environment.CHROMA_RESTORE === undefined ? {} : { chromaRestore: environment.CHROMA_RESTORE }),
    automatedBackups: rdsAutomatedBackups(rds),
    replica: { replicas: rdsReplicas(rds), lags: cloudWatchReplicaLag(cloudWatch, environment.REPLICA_LAG_PERIOD_SECONDS) },
    vault: s3Objects(s3, environment.VAULT_BUCKET),
    authenticator: kmsAuthenticity(kms, environment.CATALOGUE_KEY),
    documentsReplica: s3Objects(s3, environment.DOCUMENTS_REPLICA_BUCKET),
    log,
    now,
  };
  if (isTrial(event)) return tryRecovery(tools, parseEvent(TrialEvent, event).trial, now());
  return resolve(tools, parseEvent(ResolveEvent, event));
});
