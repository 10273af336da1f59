import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { rdsAutomatedBackups } from "../shared/automated-backups";
import { parseEnvironment, Required } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { ResolveEvent } from "./events";
import { resolve } from "./resolve";

const s3 = new S3Client({});
const rds = new RDSClient({});

const ENVIRONMENT = { LIFEBOAT_SYSTEM: Required, VAULT_BUCKET: Required, DOCUMENTS_REPLICA_BUCKET: Required, PRIMARY_REGION: Required };

export const handler = entryPoint("resolve", async (event, { now }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  return resolve(
    {
      system: environment.LIFEBOAT_SYSTEM,
      primaryRegion: environment.PRIMARY_REGION,
      automatedBackups: rdsAutomatedBackups(rds),
      vault: s3Objects(s3, environment.VAULT_BUCKET),
      documentsReplica: s3Objects(s3, environment.DOCUMENTS_REPLICA_BUCKET),
      now,
    },
    parseEvent(ResolveEvent, event),
  );
});
