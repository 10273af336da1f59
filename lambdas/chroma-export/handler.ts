import { randomBytes } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import { chromaClient } from "../chroma/client";
import { deadlineOf } from "../shared/deadline";
import { Optional, parseEnvironment, Required, Url } from "../shared/environment";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { exportChroma } from "./export";

const s3 = new S3Client({});

export const handler = entryPoint("chroma-export", async (_event, { log, now, remainingMs }) => {
  const environment = parseEnvironment(
    { LIFEBOAT_SYSTEM: Required, CHROMA_URL: Url, STAGING_BUCKET: Required, CHROMA_TENANT: Optional, CHROMA_DATABASE: Optional },
    process.env,
  );
  const report = await exportChroma({
    system: environment.LIFEBOAT_SYSTEM,
    client: chromaClient({ url: environment.CHROMA_URL, tenant: environment.CHROMA_TENANT, database: environment.CHROMA_DATABASE }),
    staging: s3Objects(s3, environment.STAGING_BUCKET),
    now,
    random: randomBytes(2).toString("hex"),
    checkDeadline: deadlineOf(remainingMs),
  });
  log.info("exported", { ...report });
  return report;
});
