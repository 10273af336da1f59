import { randomBytes } from "node:crypto";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { lockFor } from "../seal/locks";
import { kmsAuthenticity } from "../shared/authenticity";
import { rdsAutomatedBackups } from "../shared/automated-backups";
import { catalogueOf } from "../shared/catalogue";
import { cloudWatchReplicaLag, rdsReplicas } from "../shared/database-replica";
import { parseEnvironment, Required, WholeNumber } from "../shared/environment";
import { jsonOf } from "../shared/json";
import { entryPoint } from "../shared/log";
import { cloudWatchMetrics } from "../shared/metrics";
import { s3Objects } from "../shared/s3-objects";
import { lookForDamage } from "./damage";
import { lookForForgeries } from "./forgeries";
import { lookRound } from "./look-round";
import { writeSet } from "./set";

const s3 = new S3Client({});
const kms = new KMSClient({});
const rds = new RDSClient({});
const cloudWatch = new CloudWatchClient({});
const metrics = cloudWatchMetrics(cloudWatch);

const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  VAULT_BUCKET: Required,
  DOCUMENTS_REPLICA_BUCKET: Required,
  CATALOGUE_KEY: Required,
  PRIMARY_REGION: Required,
  DATABASE_INSTANCE: Required,
  HAS_REPLICA: jsonOf(z.boolean()),
  REPLICA_LAG_PERIOD_SECONDS: WholeNumber,
  EXPECTS: jsonOf(z.object({ chroma: z.boolean(), dumps: z.boolean(), configuration: z.boolean() })),
  LOCK_MODE: z.enum(["GOVERNANCE", "COMPLIANCE"]),
  LOCK_DAYS: WholeNumber.pipe(z.number().positive()),
};

export const handler = entryPoint("recovery-set", async (_event, { log, now }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const system = environment.LIFEBOAT_SYSTEM;
  const vault = s3Objects(s3, environment.VAULT_BUCKET);
  const documentsReplica = s3Objects(s3, environment.DOCUMENTS_REPLICA_BUCKET);
  const authenticity = kmsAuthenticity(kms, environment.CATALOGUE_KEY);
  const catalogue = catalogueOf(vault, authenticity);
  const replica = { replicas: rdsReplicas(rds), lags: cloudWatchReplicaLag(cloudWatch, environment.REPLICA_LAG_PERIOD_SECONDS) };
  const common = { system, vault, catalogue, documentsReplica, metrics, log, now };
  return lookRound(log, {
    writeSet: () =>
      writeSet({
        ...common,
        postgres: {
          instance: environment.DATABASE_INSTANCE,
          primaryRegion: environment.PRIMARY_REGION,
          automatedBackups: rdsAutomatedBackups(rds),
          ...(environment.HAS_REPLICA ? { replica } : {}),
        },
        expects: environment.EXPECTS,
        signer: authenticity,
        lock: (from) => lockFor(environment.LOCK_MODE, environment.LOCK_DAYS, from),
        random: randomBytes(2).toString("hex"),
      }),
    lookForForgeries: () => lookForForgeries({ ...common, authenticator: authenticity }),
    lookForDamage: () => lookForDamage(common, environment.EXPECTS),
  });
});
