import { S3Client } from "@aws-sdk/client-s3";
import { chromaClient } from "../chroma/client";
import { deadlineOf } from "../shared/deadline";
import { Optional, parseEnvironment, Required } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { ChromaImportEvent } from "./events";
import { importChroma } from "./import";

const s3 = new S3Client({});

export const handler = entryPoint("chroma-import", async (received, { now, remainingMs }) => {
  const environment = parseEnvironment(
    { LIFEBOAT_SYSTEM: Required, VAULT_BUCKET: Required, CHROMA_TENANT: Optional, CHROMA_DATABASE: Optional },
    process.env,
  );
  const event = parseEvent(ChromaImportEvent, received);
  return importChroma({
    system: environment.LIFEBOAT_SYSTEM,
    recoveryId: event.recoveryId,
    vault: s3Objects(s3, environment.VAULT_BUCKET),
    client: chromaClient({ url: event.chromaUrl, tenant: environment.CHROMA_TENANT, database: environment.CHROMA_DATABASE }),
    now,
    checkDeadline: deadlineOf(remainingMs),
  });
});
