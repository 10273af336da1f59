import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { kmsAuthenticity } from "../shared/authenticity";
import { catalogueOf } from "../shared/catalogue";
import { deadlineOf } from "../shared/deadline";
import { parseEnvironment, Required, WholeNumber } from "../shared/environment";
import { arrivedObjects, isFromS3 } from "../shared/events";
import { entryPoint } from "../shared/log";
import { cloudWatchMetrics, pointRefused } from "../shared/metrics";
import { s3Objects } from "../shared/s3-objects";
import { s3Digests } from "./documents/digest";
import { rotateDocuments } from "./documents/rotate";
import { VerifyAgain } from "./events";
import { arrivedEntries } from "./pending";
import { proveAgain } from "./proof";
import { READERS } from "./readers";
import type { RotationTools } from "./rotate";
import { verifyOnSchedule } from "./schedule";
import { verifyEntries } from "./verify";

const s3 = new S3Client({});
// What a document's digest says is compared here.
const documentsS3 = new S3Client({ responseChecksumValidation: "WHEN_REQUIRED" });
const kms = new KMSClient({});
const metrics = cloudWatchMetrics(new CloudWatchClient({}));

const Positive = WholeNumber.pipe(z.number().positive());
const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  VAULT_BUCKET: Required,
  CATALOGUE_KEY: Required,
  DOCUMENTS_VAULT_BUCKET: Required,
  DOCUMENTS_REPLICA_BUCKET: Required,
  ROTATION_RUNS: Positive,
  SCHEDULE_SECONDS: Positive,
};

export const handler = entryPoint("verify", async (event, { log, now, remainingMs }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const system = environment.LIFEBOAT_SYSTEM;
  const vault = s3Objects(s3, environment.VAULT_BUCKET);
  const authenticity = kmsAuthenticity(kms, environment.CATALOGUE_KEY);
  const tools = {
    vault,
    catalogue: catalogueOf(vault, authenticity),
    signer: authenticity,
    readers: READERS,
    deadline: deadlineOf(remainingMs),
    log,
    now,
    refused: pointRefused(metrics, system, now),
  };
  const asked = VerifyAgain.safeParse(event);
  if (asked.success) return verifyEntries(tools, system, asked.data.again, proveAgain);
  const documents = {
    ...tools,
    listed: s3Objects(s3, environment.DOCUMENTS_VAULT_BUCKET),
    vault: s3Digests(documentsS3, environment.DOCUMENTS_VAULT_BUCKET),
    replica: s3Digests(documentsS3, environment.DOCUMENTS_REPLICA_BUCKET),
  };
  const readDocuments: RotationTools["readDocuments"] = (due) => rotateDocuments(documents, due);
  return isFromS3(event)
    ? verifyEntries(tools, system, arrivedEntries(vault.bucket, arrivedObjects(event)))
    : verifyOnSchedule(
        { ...tools, readDocuments, half: deadlineOf(remainingMs, remainingMs() / 2) },
        { system, runs: environment.ROTATION_RUNS, intervalSeconds: environment.SCHEDULE_SECONDS },
      );
});
