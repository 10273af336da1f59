import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { S3Client } from "@aws-sdk/client-s3";
import { decodePart } from "../chroma/parquet";
import { catalogueOf } from "../shared/catalogue";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required } from "../shared/environment";
import { arrivedObjects, isFromS3 } from "../shared/events";
import { entryPoint } from "../shared/log";
import { cloudWatchMetrics, pointRefused } from "../shared/metrics";
import { s3Objects } from "../shared/s3-objects";
import { arrivedEntries, pendingEntries } from "./pending";
import { verifyEntries } from "./verify";

const s3 = new S3Client({});
const metrics = cloudWatchMetrics(new CloudWatchClient({}));

export const handler = entryPoint("verify", async (event, { log, now, remainingMs }) => {
  const environment = parseEnvironment({ LIFEBOAT_SYSTEM: Required, VAULT_BUCKET: Required }, process.env);
  const system = environment.LIFEBOAT_SYSTEM;
  const vault = s3Objects(s3, environment.VAULT_BUCKET);
  const entries = isFromS3(event) ? arrivedEntries(vault.bucket, arrivedObjects(event)) : await pendingEntries(catalogueOf(vault), vault);
  return verifyEntries(
    { vault, decodePart, deadline: deadlineOf(remainingMs), log, now, refused: pointRefused(metrics, system, now) },
    system,
    entries,
  );
});
