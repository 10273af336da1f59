import { randomBytes } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { chromaServer } from "../chroma/server";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required, Url, WholeNumber } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { jsonOf } from "../shared/json";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { ChromaExportEvent } from "./events";
import { exportChroma } from "./export";
import { runStep } from "./steps";

const s3 = new S3Client({});

const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  CHROMA_URL: Url,
  CHROMA_TENANTS: jsonOf(z.array(z.string().min(1)).min(1)),
  STAGING_BUCKET: Required,
  PIECE_RECORDS: WholeNumber.pipe(z.number().positive()),
};

export const handler = entryPoint("chroma-export", async (received, { log, now, remainingMs }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const event = parseEvent(ChromaExportEvent, received ?? {});
  const tools = {
    system: environment.LIFEBOAT_SYSTEM,
    server: chromaServer({ url: environment.CHROMA_URL }),
    tenants: environment.CHROMA_TENANTS,
    staging: s3Objects(s3, environment.STAGING_BUCKET),
    now,
    checkDeadline: deadlineOf(remainingMs),
    pieceRecords: environment.PIECE_RECORDS,
  };
  if (event.step !== undefined) {
    const answer = await runStep(tools, event);
    if ("collectionsDeleted" in answer) log.warn("collections were deleted before they were read and are not in the point", { ...answer });
    return answer;
  }
  const report = await exportChroma({ ...tools, random: randomBytes(2).toString("hex") });
  log.info("exported", { ...report });
  return report;
});
