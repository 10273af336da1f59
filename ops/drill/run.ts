import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { startEmbeddedAws } from "../../local/embedded-aws";
import { rootCredentials } from "../../local/emulator";
import type { Call } from "../../local/gateway";
import type { Progress } from "../../local/progress";
import { ensureToolchain } from "../../local/toolchain";
import type { Evidence } from "../../recovery/evidence/evidence";
import { assembleEvidence } from "./assemble";
import { loseAndRecover, protect } from "./drill";
import type { DrillOptions } from "./options";
import { DATABASE_LAGS, databaseLagSeconds, REGIONS, REPLICATION_LAG_SECONDS, SYSTEM } from "./profile";

export interface RunOptions {
  readonly options: DrillOptions;
  readonly progress: Progress;
  /** Where Pulumi.yaml is. */
  readonly projectDir: string;
  /** The run's own folder; its logs, ledger and state stay, its data goes. */
  readonly runDir: string;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly random: () => number;
}

/** A whole drill: it starts what it needs, and stops all of it whatever happens. */
export const runDrill = async (run: RunOptions): Promise<Evidence> => {
  const startedAt = run.now();
  const toolchain = await ensureToolchain({ progress: run.progress, runDir: run.runDir });
  run.signal.throwIfAborted();
  const aws = await startEmbeddedAws({
    toolchain,
    progress: run.progress,
    runDir: run.runDir,
    system: SYSTEM,
    regions: REGIONS,
    replicationLagSeconds: REPLICATION_LAG_SECONDS,
    databases: { ...DATABASE_LAGS, automatedBackupReplicationSeconds: databaseLagSeconds(run.options) },
    now: run.now,
  });
  const access = { endpoint: aws.gateway.url, region: REGIONS.recovery, credentials: rootCredentials };
  const observer = new S3Client({ ...access, forcePathStyle: true });
  const watcher = new CloudWatchClient(access);
  const databases = new RDSClient(access);
  const secrets = new SecretsManagerClient(access);
  try {
    const context = { ...run, aws, toolchain, observer, watcher, databases, secrets };
    const before = await protect(context);
    try {
      const clusterRequestsBefore = aws.pods.primary.requestCount();
      const outcome = await loseAndRecover(context, before);
      return assembleEvidence({ options: run.options, startedAt, aws, before, outcome, clusterRequestsBefore });
    } finally {
      await before.company.stop();
    }
  } finally {
    const step = run.progress.step("Stopping everything");
    for (const client of [observer, watcher, databases, secrets]) client.destroy();
    await writeFile(join(run.runDir, "refused-calls.jsonl"), refusedCalls(aws.gateway.calls.all()));
    await aws.stop();
    await Promise.all(["pods", "ministack", "rds"].map((data) => rm(join(run.runDir, data), { recursive: true, force: true })));
    step.done();
  }
};

/** What did not succeed, for whoever asks why a drill failed; a client's error is often the first trace of a missing permission. */
const refusedCalls = (calls: readonly Call[]): string =>
  calls
    .filter(({ outcome }) => outcome !== "ok")
    .map((call) => `${JSON.stringify(call)}\n`)
    .join("");
