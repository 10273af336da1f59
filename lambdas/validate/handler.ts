import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { chromaServer } from "../chroma/server";
import { connectDatabase, PATIENCE, readAuthorities } from "../shared/database";
import { secretsManagerLogin } from "../shared/database-secret";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { ValidateEvent } from "./events";
import { restoredChroma } from "./restored-chroma";
import { restoredPostgres } from "./restored-postgres";
import { requirePassed, validate } from "./validate";

const s3 = new S3Client({});
const findLogin = secretsManagerLogin(new SecretsManagerClient({}));

const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  VAULT_BUCKET: Required,
  DOCUMENTS_REPLICA_BUCKET: Required,
  NODE_EXTRA_CA_CERTS: Required,
};

export const handler = entryPoint("validate", async (input, { now, remainingMs }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const event = parseEvent(ValidateEvent, input);
  const { postgres } = event;
  const connection = { authorities: readAuthorities(environment.NODE_EXTRA_CA_CERTS), ...PATIENCE };
  const result = await validate(
    {
      system: environment.LIFEBOAT_SYSTEM,
      vault: s3Objects(s3, environment.VAULT_BUCKET),
      documentsReplica: s3Objects(s3, environment.DOCUMENTS_REPLICA_BUCKET),
      documents: s3Objects(s3, event.documentsBucket),
      chroma: restoredChroma(chromaServer({ url: event.chromaUrl })),
      postgres: postgres === undefined ? undefined : restoredPostgres(async () => connectDatabase(await findLogin(postgres), connection)),
      now,
      deadline: deadlineOf(remainingMs),
    },
    event,
  );
  return requirePassed(result);
});
