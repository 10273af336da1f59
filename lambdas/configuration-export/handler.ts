import { randomBytes } from "node:crypto";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import { kmsDataKeys } from "../configuration/data-keys";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment } from "../shared/environment";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { exportConfiguration } from "./export";
import { clusterObjects } from "./kubernetes/index";
import { cloudWatchLagMetrics } from "./metrics";
import { parametersOf } from "./parameters";
import { pulumiStateOf } from "./pulumi-state";
import { secretsOf } from "./secrets";
import { ENVIRONMENT } from "./settings";

const s3 = new S3Client({});
const secretsManager = new SecretsManagerClient({});
const ssm = new SSMClient({});

export const handler = entryPoint("configuration-export", async (_event, { log, now, remainingMs }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const { LIFEBOAT_SYSTEM: system, RECOVERY_REGION: recoveryRegion, PARAMETER_PREFIXES: prefixes } = environment;
  const region = await s3.config.region();
  const inRecovery = { region: recoveryRegion };
  const secrets = secretsOf(secretsManager, region, environment.SECRETS);
  return exportConfiguration(
    {
      system,
      staging: s3Objects(s3, environment.STAGING_BUCKET),
      vault: s3Objects(new S3Client(inRecovery), environment.VAULT_BUCKET),
      makeDataKey: kmsDataKeys(new KMSClient(inRecovery), environment.SEALED_SECRETS_KEY),
      metrics: cloudWatchLagMetrics(new CloudWatchClient(inRecovery), system),
      withoutReplica: () => secrets.withoutReplicaIn(recoveryRegion),
      refreshSeconds: environment.REFRESH_SECONDS,
      refreshUnprovenSeconds: environment.REFRESH_UNPROVEN_SECONDS,
      random: randomBytes,
      deadline: deadlineOf(remainingMs),
      log,
      now,
    },
    [
      secrets,
      ...(prefixes.length === 0 ? [] : [parametersOf(ssm, region, prefixes)]),
      ...environment.STATE_BUCKETS.map(({ stack, bucket, region: home }) =>
        pulumiStateOf(stack, s3Objects(home === region ? s3 : new S3Client({ region: home }), bucket)),
      ),
      // Last: a cluster that does not answer keeps nobody else waiting.
      ...(environment.KUBERNETES === null ? [] : clusterObjects(environment.KUBERNETES, { region, now, remainingMs })),
    ],
  );
});
