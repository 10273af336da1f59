import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { kmsAuthenticity } from "../shared/authenticity";
import { rdsAutomatedBackups } from "../shared/automated-backups";
import { catalogueOf } from "../shared/catalogue";
import { parseEnvironment, Required } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { jsonFileOf } from "../shared/json";
import { entryPoint } from "../shared/log";
import { cloudWatchMetrics } from "../shared/metrics";
import { s3Objects } from "../shared/s3-objects";
import { listBuckets } from "./aws/buckets";
import { currencyOf } from "./aws/configuration-currency";
import { listDatabases } from "./aws/databases";
import { listSecrets, replicaIn } from "./aws/secrets";
import { listVolumes } from "./aws/volumes";
import { checkCoverage } from "./coverage";
import { CoverageEvent } from "./events";
import { CoverageSettings } from "./protected";

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
  SETTINGS_FILE: jsonFileOf(CoverageSettings),
};

export const handler = entryPoint("coverage", async (event, { log, now }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const settings = environment.SETTINGS_FILE;
  const vault = s3Objects(s3, environment.VAULT_BUCKET);
  const primarySecrets = new SecretsManagerClient({ region: settings.primaryRegion });
  const secrets = (region: string) => listSecrets(new SecretsManagerClient({ region }));
  return checkCoverage(
    {
      inventory: {
        regions: settings.regions,
        repositories: settings.repositories,
        restoreTimes: settings.chromaRestore === undefined ? [] : ["chroma"],
        databases: (region) => listDatabases(new RDSClient({ region }), region),
        buckets: () => listBuckets(s3),
        volumes: (region) => listVolumes(new EC2Client({ region }), region),
        secrets,
      },
      evidence: {
        system: environment.LIFEBOAT_SYSTEM,
        vault,
        catalogue: catalogueOf(vault, kmsAuthenticity(kms, environment.CATALOGUE_KEY)),
        documentsReplica: s3Objects(s3, environment.DOCUMENTS_REPLICA_BUCKET),
        automatedBackups: rdsAutomatedBackups(rds),
        secrets,
        replica: (name) => replicaIn(primarySecrets, name, settings.recoveryRegion),
        currency: currencyOf(cloudWatch, environment.LIFEBOAT_SYSTEM),
        now,
      },
      metrics,
      log,
      now,
    },
    settings,
    parseEvent(CoverageEvent, event ?? {}),
  );
});
