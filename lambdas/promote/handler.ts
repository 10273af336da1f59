import { setTimeout as sleep } from "node:timers/promises";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { rdsReplicas } from "../shared/database-replica";
import { secretsManagerLogin } from "../shared/database-secret";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { PromoteEvent } from "./events";
import { promote } from "./promote";
import { rdsReplicaControl } from "./replica-control";

const s3 = new S3Client({});
const rds = new RDSClient({});
const findLogin = secretsManagerLogin(new SecretsManagerClient({}));

const ENVIRONMENT = { LIFEBOAT_SYSTEM: Required, VAULT_BUCKET: Required };

export const handler = entryPoint("promote", async (event, { now, remainingMs, log }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  return promote(
    {
      system: environment.LIFEBOAT_SYSTEM,
      vault: s3Objects(s3, environment.VAULT_BUCKET),
      replicas: rdsReplicas(rds),
      control: rdsReplicaControl(rds),
      findLogin,
      now,
      pause: (ms) => sleep(ms),
      deadline: deadlineOf(remainingMs),
      log,
    },
    parseEvent(PromoteEvent, event),
  );
});
