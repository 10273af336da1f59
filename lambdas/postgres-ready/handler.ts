import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { connectDatabase, PATIENCE, readAuthorities } from "../shared/database";
import { secretsManagerLogin } from "../shared/database-secret";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { PostgresReadyEvent } from "./events";
import { postgresReady } from "./ready";
import { restoredServer } from "./server";

const s3 = new S3Client({});
const findLogin = secretsManagerLogin(new SecretsManagerClient({}));

const ENVIRONMENT = { LIFEBOAT_SYSTEM: Required, VAULT_BUCKET: Required, NODE_EXTRA_CA_CERTS: Required };

export const handler = entryPoint("postgres-ready", async (input, { now, remainingMs, log }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const event = parseEvent(PostgresReadyEvent, input);
  const connection = { authorities: readAuthorities(environment.NODE_EXTRA_CA_CERTS), ...PATIENCE };
  return postgresReady(
    {
      system: environment.LIFEBOAT_SYSTEM,
      vault: s3Objects(s3, environment.VAULT_BUCKET),
      // The secret is read for every connection: what was read while RDS still set the password may be an older one.
      server: restoredServer(
        async (endpoint, database) => connectDatabase({ ...(await findLogin(endpoint)), database }, connection),
        event.endpoint,
      ),
      now,
      pause: (ms) => sleep(ms),
      deadline: deadlineOf(remainingMs),
      log,
    },
    event,
  );
});
