import { S3Client } from "@aws-sdk/client-s3";
import { measuredRate } from "../../recovery/estimates/measured-restore";
import { chromaServer } from "../chroma/server";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { ChromaImportEvent } from "./events";
import { importChroma } from "./import";
import { keepMeasurement } from "./measurement";

const s3 = new S3Client({});

export const handler = entryPoint("chroma-import", async (received, { log, now, remainingMs }) => {
  const environment = parseEnvironment({ LIFEBOAT_SYSTEM: Required, VAULT_BUCKET: Required }, process.env);
  const event = parseEvent(ChromaImportEvent, received);
  const vault = s3Objects(s3, environment.VAULT_BUCKET);
  const result = await importChroma({
    system: environment.LIFEBOAT_SYSTEM,
    recoveryId: event.recoveryId,
    vault,
    server: chromaServer({ url: event.chromaUrl }),
    now,
    checkDeadline: deadlineOf(remainingMs),
  });
  await keepMeasurement(vault, result, log);
  const { pointId, records, measured } = result;
  log.info("restored", { pointId, records, recordsPerSecond: measured === undefined ? undefined : measuredRate(measured) });
  return result;
});
