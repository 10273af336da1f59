import { handler as canary } from "../../../lambdas/canary/handler";
import { handler as compareDocuments } from "../../../lambdas/compare-documents/handler";
import { handler as configurationExport } from "../../../lambdas/configuration-export/handler";
import { handler as coverage } from "../../../lambdas/coverage/handler";
import { handler as cutOver } from "../../../lambdas/cut-over/handler";
import { handler as documentsRestore } from "../../../lambdas/documents-restore/handler";
import { handler as postgresReady } from "../../../lambdas/postgres-ready/handler";
import { handler as promote } from "../../../lambdas/promote/handler";
import { handler as protectBucket } from "../../../lambdas/protect-bucket/handler";
import { handler as recoverySet } from "../../../lambdas/recovery-set/handler";
import { handler as renewLocks } from "../../../lambdas/renew-locks/handler";
import { handler as resolve } from "../../../lambdas/resolve/handler";
import { handler as seal } from "../../../lambdas/seal/handler";
import { handler as validate } from "../../../lambdas/validate/handler";
import { handler as verify } from "../../../lambdas/verify/handler";
import { handler as watch } from "../../../lambdas/watch/handler";
import { ENDPOINT } from "./support/database-plan";

const CONTEXT = { awsRequestId: "r-1", getRemainingTimeInMillis: () => 60_000 };
const LOCKS = ["BACKUP_RETENTION_DAYS", "LOCK_MODE"];
const DATABASE = ["PRIMARY_REGION", "DATABASE_INSTANCE", "REPLICA_LAG_PERIOD_SECONDS"];
const SAMPLES = ["SAMPLES_PER_RUN", "SAMPLE_INTERVAL_SECONDS", "HAS_REPLICA", "STORES"];

const FUNCTIONS = [
  { name: "canary", handler: canary, variables: ["DOCUMENTS_BUCKET"] },
  { name: "protect-bucket", handler: protectBucket, variables: ["ACCOUNT_ID", "DOCUMENTS_BUCKET", "REPORT_BUCKET"] },
  {
    name: "configuration-export",
    handler: configurationExport,
    variables: [
      "STAGING_BUCKET",
      "RECOVERY_REGION",
      "VAULT_BUCKET",
      "SEALED_SECRETS_KEY",
      "SECRETS",
      "PARAMETER_PREFIXES",
      "STATE_BUCKETS",
      "KUBERNETES",
      "REFRESH_SECONDS",
      "REFRESH_UNPROVEN_SECONDS",
    ],
  },
  { name: "seal", handler: seal, variables: ["VAULT_BUCKET", "CATALOGUE_KEY", ...LOCKS] },
  {
    name: "verify",
    handler: verify,
    variables: ["VAULT_BUCKET", "CATALOGUE_KEY", "DOCUMENTS_VAULT_BUCKET", "DOCUMENTS_REPLICA_BUCKET", "ROTATION_RUNS", "SCHEDULE_SECONDS"],
  },
  { name: "watch", handler: watch, variables: ["VAULT_BUCKET", "CATALOGUE_KEY", "DOCUMENTS_REPLICA_BUCKET", ...DATABASE, ...SAMPLES] },
  {
    name: "recovery-set",
    handler: recoverySet,
    variables: [
      "VAULT_BUCKET",
      "CATALOGUE_KEY",
      "DOCUMENTS_REPLICA_BUCKET",
      ...DATABASE,
      "HAS_REPLICA",
      "EXPECTS",
      "LOCK_MODE",
      "LOCK_DAYS",
    ],
  },
  { name: "coverage", handler: coverage, variables: ["VAULT_BUCKET", "CATALOGUE_KEY", "DOCUMENTS_REPLICA_BUCKET", "SETTINGS_FILE"] },
  {
    name: "resolve",
    handler: resolve,
    variables: ["VAULT_BUCKET", "CATALOGUE_KEY", "DOCUMENTS_REPLICA_BUCKET", ...DATABASE, "HAS_BACKFILL"],
  },
  {
    name: "compare-documents",
    handler: compareDocuments,
    variables: [
      ...["PRIMARY_REGION", "VAULT_BUCKET", "DOCUMENTS_BUCKET", "DOCUMENTS_REPLICA_BUCKET", "DOCUMENTS_VAULT_BUCKET"],
      ...["REPLICATION_RULES", "REPLICATES_DELETES", "LAG_SECONDS", "RETENTION_DAYS", "ROTATION_RUNS"],
    ],
  },
  {
    name: "renew-locks",
    handler: renewLocks,
    variables: ["VAULT_BUCKET", "CATALOGUE_KEY", "DOCUMENTS_REPLICA_BUCKET", "DOCUMENTS_VAULT_BUCKET", "LOCK_MODE", "RETENTION"],
  },
  {
    name: "documents-restore",
    handler: documentsRestore,
    variables: ["VAULT_BUCKET", "DOCUMENTS_REPLICA_BUCKET", "RECOVERED_BUCKET_PREFIX"],
  },
  { name: "promote", handler: promote, variables: ["VAULT_BUCKET"] },
  { name: "postgres-ready", handler: postgresReady, variables: ["VAULT_BUCKET", "NODE_EXTRA_CA_CERTS"] },
  { name: "validate", handler: validate, variables: ["VAULT_BUCKET", "DOCUMENTS_REPLICA_BUCKET", "NODE_EXTRA_CA_CERTS"] },
  { name: "cut-over", handler: cutOver, variables: ["VAULT_BUCKET", "LIVE_PARAMETER"] },
];

const GOOD: Readonly<Record<string, string>> = {
  LIFEBOAT_SYSTEM: "acme",
  DOCUMENTS_BUCKET: "documents",
  VAULT_BUCKET: "vault",
  CATALOGUE_KEY: "arn:aws:kms:eu-west-1:123456789012:key/catalogue",
  DOCUMENTS_REPLICA_BUCKET: "replica",
  PRIMARY_REGION: "us-east-1",
  DATABASE_INSTANCE: "acme-postgres",
  HAS_BACKFILL: "false",
  HAS_REPLICA: "true",
  REPLICA_LAG_PERIOD_SECONDS: "60",
  BACKUP_RETENTION_DAYS: "90",
  LOCK_MODE: "GOVERNANCE",
  SAMPLES_PER_RUN: "1",
  SAMPLE_INTERVAL_SECONDS: "0",
  STORES: '["chroma"]',
  EXPECTS: '{"chroma":true,"dumps":true,"configuration":true}',
  LOCK_DAYS: "90",
  REPLICATION_RULES: "[]",
  REPLICATES_DELETES: "true",
  LAG_SECONDS: "900",
  RETENTION_DAYS: "365",
  RETENTION: '{"backupRetentionDays":90,"documentsRetentionDays":365,"longTerm":{"hourly":0,"daily":0,"weekly":0,"monthly":0}}',
  RECOVERED_BUCKET_PREFIX: "acme-recovered-",
  LIVE_PARAMETER: "/lifeboat/acme/live",
  NODE_EXTRA_CA_CERTS: "/nowhere/authorities.pem",
};

let environment: NodeJS.ProcessEnv;
beforeEach(() => {
  environment = process.env;
});
afterEach(() => {
  process.env = environment;
  jest.restoreAllMocks();
});

// The logger writes to a console of its own, over the process's streams.
const quiet = () => {
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
};

describe.each(FUNCTIONS)("$name", ({ handler, variables }) => {
  it("names every variable that is missing, at once", async () => {
    quiet();
    process.env = {};

    const call = handler({}, CONTEXT);

    await expect(call).rejects.toMatchObject({ code: "configuration" });
    for (const variable of ["LIFEBOAT_SYSTEM", ...variables]) await expect(call).rejects.toThrow(`${variable}: `);
  });
});

it.each([
  ["LOCK_MODE", "OFF"],
  ["BACKUP_RETENTION_DAYS", "0"],
  ["BACKUP_RETENTION_DAYS", "1.5"],
])("seal refuses %s=%s", async (variable, value) => {
  quiet();
  process.env = { ...GOOD, [variable]: value };

  await expect(seal({ Records: [] }, CONTEXT)).rejects.toThrow(`${variable}: `);
});

it.each(["chroma", '["configuration"]', "[]"])("watch refuses STORES=%s", async (value) => {
  quiet();
  process.env = { ...GOOD, STORES: value };

  await expect(watch({}, CONTEXT)).rejects.toThrow("STORES");
});

it.each([
  ["resolve", resolve],
  ["documents-restore", documentsRestore],
  ["postgres-ready", postgresReady],
  ["validate", validate],
  ["cut-over", cutOver],
])("%s refuses an event that it does not know before it calls anything", async (_name, handler) => {
  quiet();
  process.env = { ...GOOD };

  await expect(handler({ recoveryId: "../x" }, CONTEXT)).rejects.toMatchObject({
    code: "configuration",
    message: expect.stringContaining("recoveryId: "),
  });
});

it.each([
  ["postgres-ready", postgresReady, { endpoint: ENDPOINT }],
  ["validate", validate, { chromaUrl: "http://chroma.example:8000", documentsBucket: "replica", postgres: ENDPOINT }],
])("%s names the file of authorities that it cannot read", async (_name, handler, event) => {
  quiet();
  process.env = { ...GOOD };

  await expect(handler({ recoveryId: "r-1", ...event }, CONTEXT)).rejects.toMatchObject({
    code: "configuration",
    message: expect.stringContaining("/nowhere/authorities.pem"),
  });
});
