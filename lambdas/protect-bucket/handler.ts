import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { parseEnvironment, Required } from "../shared/environment";
import { parseEvent } from "../shared/events";
import { entryPoint } from "../shared/log";
import { s3ControlClient } from "../shared/s3-control";
import { s3Objects } from "../shared/s3-objects";
import { ProtectBucketEvent, ScheduledEvent } from "./events";
import { s3BatchJobs } from "./jobs";
import { followBackfill, protectBucket, releaseBucket } from "./protect";
import { s3BucketSettings } from "./s3-settings";

const s3 = new S3Client({});
const control = s3ControlClient();

const ENVIRONMENT = { LIFEBOAT_SYSTEM: Required, ACCOUNT_ID: Required, DOCUMENTS_BUCKET: Required, REPORT_BUCKET: Required };

export const handler = entryPoint("protect-bucket", async (input, { log, now, remainingMs }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const { ACCOUNT_ID: accountId, REPORT_BUCKET: reportBucket } = environment;
  const region = await s3.config.region();
  const toolsFor = (bucket: string) => ({
    system: environment.LIFEBOAT_SYSTEM,
    region,
    settings: s3BucketSettings(s3, bucket, accountId),
    documents: s3Objects(s3, bucket),
    reports: s3Objects(s3, reportBucket),
    jobs: s3BatchJobs(control, { accountId, reportBucket }),
    log,
    now,
    remainingMs,
    sleep,
  });
  if (ScheduledEvent.safeParse(input).success) return followBackfill(toolsFor(environment.DOCUMENTS_BUCKET));
  const { tf, ...asked } = parseEvent(ProtectBucketEvent, input);
  const tools = toolsFor(asked.bucket);
  return tf.action === "delete" ? releaseBucket(tools, asked) : protectBucket(tools, asked);
});
