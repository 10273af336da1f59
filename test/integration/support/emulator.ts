import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ministack, rootCredentials, startMinistack } from "../../../local/emulator";
import { type Gateway, type MetricsEndpoint, startGateway } from "../../../local/gateway";
import { silentProgress } from "../../../local/progress";
import { defaultCacheRoot } from "../../../local/toolchain/cache";
import { ensureVirtualEnvironment } from "../../../local/toolchain/python";

export const primary = "us-east-1";
export const recovery = "eu-west-1";
export const root = rootCredentials;

/** The folder with `ministack` and `python`: the toolchain's, or the one that LIFEBOAT_MINISTACK stands in. */
export const toolsFolder = async (): Promise<string> => {
  const chosen = process.env.LIFEBOAT_MINISTACK;
  if (chosen !== undefined && existsSync(chosen)) return join(chosen, "..");
  return ensureVirtualEnvironment({
    progress: silentProgress,
    cacheRoot: defaultCacheRoot(process.env),
    environment: process.env,
    isRoot: process.getuid?.() === 0,
  });
};

/** A CloudWatch for tests that are about something else: it must not be asked. */
export const noMetrics: MetricsEndpoint = {
  handle: () => Promise.reject(new Error("this test has no CloudWatch")),
  suspend: () => undefined,
  resume: () => undefined,
};

export interface TestAws {
  readonly ministack: Ministack;
  readonly gateway: Gateway;
  stop(): Promise<void>;
}

export interface TestAwsOptions {
  readonly lagSeconds: number;
  readonly delaySeconds?: number;
  /** Built once MiniStack's URL is known. */
  readonly cloudwatch?: (ministackUrl: string) => MetricsEndpoint;
}

export const startTestAws = async ({ lagSeconds, delaySeconds, cloudwatch }: TestAwsOptions): Promise<TestAws> => {
  const tools = await toolsFolder();
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-aws-"));
  const command = join(tools, "ministack");
  const ministack = await startMinistack({ command, args: [], dataRoot: folder, logFile: join(folder, "ministack.log") });
  const gateway = await startGateway({
    ministackUrl: ministack.url,
    cloudwatch: cloudwatch?.(ministack.url) ?? noMetrics,
    replication: { lagSeconds },
    delaySeconds,
    clock: { now: () => new Date() },
    rootCredentials: root,
    homeRegion: primary,
    regions: [recovery],
  });
  return {
    ministack,
    gateway,
    stop: async () => {
      await gateway.stop();
      await ministack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
