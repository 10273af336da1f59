import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { retentionPolicy } from "../../recovery/retention/policy";
import { kmsAuthenticity } from "../shared/authenticity";
import { catalogueOf } from "../shared/catalogue";
import { parseEnvironment, Required, WholeNumber } from "../shared/environment";
import { jsonOf } from "../shared/json";
import { entryPoint } from "../shared/log";
import { s3Objects } from "../shared/s3-objects";
import { renewLocks } from "./renew";

const s3 = new S3Client({ maxAttempts: 5 });
const kms = new KMSClient({});

const Periods = z.int().nonnegative();
const Retention = z.object({
  backupRetentionDays: z.int().positive(),
  documentsRetentionDays: z.int().positive(),
  longTerm: z.object({ hourly: Periods, daily: Periods, weekly: Periods, monthly: Periods }),
});

const ENVIRONMENT = {
  LIFEBOAT_SYSTEM: Required,
  VAULT_BUCKET: Required,
  CATALOGUE_KEY: Required,
  DOCUMENTS_REPLICA_BUCKET: Required,
  DOCUMENTS_VAULT_BUCKET: Required,
  LOCK_MODE: z.enum(["GOVERNANCE", "COMPLIANCE"]),
  RETENTION: jsonOf(Retention),
  SCHEDULE_SECONDS: WholeNumber.pipe(z.number().positive()),
};

/** What a run stops before, so that it keeps its progress. Milliseconds. */
const MARGIN_MS = 60_000;

export const handler = entryPoint("renew-locks", async (_event, { log, now, remainingMs }) => {
  const environment = parseEnvironment(ENVIRONMENT, process.env);
  const vault = s3Objects(s3, environment.VAULT_BUCKET);
  const half = Math.max(MARGIN_MS, remainingMs() / 2);
  return renewLocks(
    {
      vault,
      catalogue: catalogueOf(vault, kmsAuthenticity(kms, environment.CATALOGUE_KEY)),
      documentsReplica: s3Objects(s3, environment.DOCUMENTS_REPLICA_BUCKET),
      documentsVault: s3Objects(s3, environment.DOCUMENTS_VAULT_BUCKET),
      log,
      now,
      // Half of the time is the documents'.
      goOnWithPoints: () => remainingMs() > half,
      goOn: () => remainingMs() > MARGIN_MS,
    },
    {
      system: environment.LIFEBOAT_SYSTEM,
      policy: retentionPolicy(environment.RETENTION),
      intervalSeconds: environment.SCHEDULE_SECONDS,
      lockMode: environment.LOCK_MODE,
      period: { days: environment.RETENTION.documentsRetentionDays },
    },
  );
});
