import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required, WholeNumber } from "../shared/environment";
import { arrivedObjects } from "../shared/events";
import { entryPoint } from "../shared/log";
import { cloudWatchMetrics, pointRefused } from "../shared/metrics";
import { s3Objects } from "../shared/s3-objects";
import { sealArrivals } from "./arrivals";

const s3 = new S3Client({});
const metrics = cloudWatchMetrics(new CloudWatchClient({}));

const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  VAULT_BUCKET: Required,
  BACKUP_RETENTION_DAYS: WholeNumber.pipe(z.number().positive()),
  LOCK_MODE: z.enum(["GOVERNANCE", "COMPLIANCE"]),
};

export const handler = entryPoint("seal", async (event, { log, now, remainingMs }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const system = environment.LIFEBOAT_SYSTEM;
  return sealArrivals(
    {
      vault: s3Objects(s3, environment.VAULT_BUCKET),
      log,
      now,
      deadline: deadlineOf(remainingMs),
      refused: pointRefused(metrics, system, now),
    },
    {
      system,
      lockMode: environment.LOCK_MODE,
      backupRetentionDays: environment.BACKUP_RETENTION_DAYS,
    },
    arrivedObjects(event),
  );
});
