import { handler as canary } from "../../../lambdas/canary/handler";
import { handler as cutOver } from "../../../lambdas/cut-over/handler";
import { handler as documentsRestore } from "../../../lambdas/documents-restore/handler";
import { handler as resolve } from "../../../lambdas/resolve/handler";
import { handler as seal } from "../../../lambdas/seal/handler";
import { handler as validate } from "../../../lambdas/validate/handler";
import { handler as verify } from "../../../lambdas/verify/handler";
import { handler as watch } from "../../../lambdas/watch/handler";

const CONTEXT = { awsRequestId: "r-1", getRemainingTimeInMillis: () => 60_000 };
const LOCKS = ["BACKUP_RETENTION_DAYS", "LOCK_MODE"];
const SAMPLES = ["SAMPLES_PER_RUN", "SAMPLE_INTERVAL_SECONDS", "STORES"];

const FUNCTIONS = [
  { name: "canary", handler: canary, variables: ["DOCUMENTS_BUCKET"] },
  { name: "seal", handler: seal, variables: ["VAULT_BUCKET", ...LOCKS] },
  { name: "verify", handler: verify, variables: ["VAULT_BUCKET"] },
  { name: "watch", handler: watch, variables: ["VAULT_BUCKET", "DOCUMENTS_REPLICA_BUCKET", ...SAMPLES] },
  { name: "resolve", handler: resolve, variables: ["VAULT_BUCKET", "DOCUMENTS_REPLICA_BUCKET"] },
  { name: "documents-restore", handler: documentsRestore, variables: ["VAULT_BUCKET", "DOCUMENTS_REPLICA_BUCKET", "DRILL_BUCKET_PREFIX"] },
  { name: "validate", handler: validate, variables: ["VAULT_BUCKET", "DOCUMENTS_REPLICA_BUCKET"] },
  { name: "cut-over", handler: cutOver, variables: ["VAULT_BUCKET", "LIVE_PARAMETER"] },
];

const GOOD: Readonly<Record<string, string>> = {
  LIFEBOAT_SYSTEM: "acme",
  DOCUMENTS_BUCKET: "documents",
  VAULT_BUCKET: "vault",
  DOCUMENTS_REPLICA_BUCKET: "replica",
  BACKUP_RETENTION_DAYS: "90",
  LOCK_MODE: "GOVERNANCE",
  SAMPLES_PER_RUN: "1",
  SAMPLE_INTERVAL_SECONDS: "0",
  STORES: '["chroma"]',
  DRILL_BUCKET_PREFIX: "acme-drill-",
  LIVE_PARAMETER: "/lifeboat/acme/live",
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

it.each(["chroma", '["postgres"]', "[]"])("watch refuses STORES=%s", async (value) => {
  quiet();
  process.env = { ...GOOD, STORES: value };

  await expect(watch({}, CONTEXT)).rejects.toThrow("STORES");
});

it.each([
  ["resolve", resolve],
  ["documents-restore", documentsRestore],
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
