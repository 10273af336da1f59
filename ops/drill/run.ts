import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { startEmbeddedAws } from "../../local/embedded-aws";
import { rootCredentials } from "../../local/emulator";
import type { Call } from "../../local/gateway";
import type { Progress } from "../../local/progress";
import { ensureToolchain } from "../../local/toolchain";
import type { Evidence } from "../../recovery/evidence/evidence";
import { assembleEvidence } from "./assemble";
import { connectObserver } from "./observer";
import type { DrillOptions } from "./options";
import { REGIONS, REPLICATION_LAG_SECONDS, SYSTEM } from "./profile";
import { protect } from "./protect";
import { scenarioOf } from "./scenarios";

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
  const scenario = scenarioOf(run.options);
  const toolchain = await ensureToolchain({ progress: run.progress, runDir: run.runDir });
  run.signal.throwIfAborted();
  const aws = await startEmbeddedAws({
    toolchain,
    progress: run.progress,
    runDir: run.runDir,
    system: SYSTEM,
    regions: REGIONS,
    replicationLagSeconds: REPLICATION_LAG_SECONDS,
    databases: scenario.databases,
    now: run.now,
  });
  const { url: endpoint } = aws.gateway;
  const observers = { primary: connectObserver(endpoint, REGIONS.primary), recovery: connectObserver(endpoint, REGIONS.recovery) };
  const watcher = new CloudWatchClient({ endpoint, region: REGIONS.recovery, credentials: rootCredentials });
  try {
    const context = { ...run, aws, toolchain, observers, watcher };
    const before = await protect(context, scenario);
    try {
      return assembleEvidence(scenario, startedAt, await scenario.loseAndRecover(context, before));
    } finally {
      await before.company.stop();
    }
  } finally {
    const step = run.progress.step("Stopping everything");
    for (const { close } of Object.values(observers)) close();
    watcher.destroy();
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
