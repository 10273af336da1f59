import { S3Client } from "@aws-sdk/client-s3";
import { measuredRate } from "../../recovery/estimates/chroma";
import { chromaServer } from "../chroma/server";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { ChromaImportEvent } from "./events";
import { importChroma } from "./import";

const s3 = new S3Client({});

export const handler = entryPoint("chroma-import", async (received, { log, now, remainingMs }) => {
  const environment = parseEnvironment({ LIFEBOAT_SYSTEM: Required, VAULT_BUCKET: Required }, process.env);
  const event = parseEvent(ChromaImportEvent, received);
  const result = await importChroma({
    system: environment.LIFEBOAT_SYSTEM,
    recoveryId: event.recoveryId,
    vault: s3Objects(s3, environment.VAULT_BUCKET),
    server: chromaServer({ url: event.chromaUrl }),
    now,
    checkDeadline: deadlineOf(remainingMs),
  });
  // What chroma.restoreRecordsPerSecond of stack prod should say.
  log.info("restored", { pointId: result.pointId, records: result.records, recordsPerSecond: measuredRate(result) });
  return result;
});
