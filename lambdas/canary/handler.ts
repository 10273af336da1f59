import { S3Client } from "@aws-sdk/client-s3";
import { parseEnvironment, Required } from "../shared/environment";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { writeCanary } from "./write";

const s3 = new S3Client({});

export const handler = entryPoint("canary", async (_event, { now }) => {
  const environment = parseEnvironment({ LIFEBOAT_SYSTEM: Required, DOCUMENTS_BUCKET: Required }, process.env);
  return writeCanary(s3Objects(s3, environment.DOCUMENTS_BUCKET), environment.LIFEBOAT_SYSTEM, now());
});
