import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { kmsAuthenticity } from "../shared/authenticity";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required, WholeNumber } from "../shared/environment";
import { arrivedObjects, isFromS3 } from "../shared/events";
import { entryPoint } from "../shared/log";
import { cloudWatchMetrics, pointRefused } from "../shared/metrics";
import { s3Objects } from "../shared/s3-objects";
import { sealArrivals, sealOnSchedule } from "./arrivals";

const s3 = new S3Client({});
const kms = new KMSClient({});
const metrics = cloudWatchMetrics(new CloudWatchClient({}));

const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  VAULT_BUCKET: Required,
  CATALOGUE_KEY: Required,
  BACKUP_RETENTION_DAYS: WholeNumber.pipe(z.number().positive()),
  LOCK_MODE: z.enum(["GOVERNANCE", "COMPLIANCE"]),
};

export const handler = entryPoint("seal", async (event, { log, now, remainingMs }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const system = environment.LIFEBOAT_SYSTEM;
  const authenticity = kmsAuthenticity(kms, environment.CATALOGUE_KEY);
  const tools = {
    vault: s3Objects(s3, environment.VAULT_BUCKET),
    signer: authenticity,
    authenticator: authenticity,
    log,
    now,
    deadline: deadlineOf(remainingMs),
    refused: pointRefused(metrics, system, now),
  };
  const settings = { system, lockMode: environment.LOCK_MODE, backupRetentionDays: environment.BACKUP_RETENTION_DAYS };
  return isFromS3(event) ? sealArrivals(tools, settings, arrivedObjects(event)) : sealOnSchedule(tools, settings);
});
