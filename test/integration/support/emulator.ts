import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Ministack, rootCredentials, startMinistack } from "../../../local/emulator";
import { type Gateway, type ServiceEndpoint, startGateway } from "../../../local/gateway";
import { pythonTool } from "../../support/python-tool";

export const primary = "us-east-1";
export const recovery = "eu-west-1";
export const root = rootCredentials;

/** The folder with `ministack` and the `python` that runs it. */
export const toolsFolder = async (): Promise<string> => dirname(await pythonTool("ministack"));

/** A CloudWatch for tests that are about something else: it must not be asked. */
export const noMetrics: ServiceEndpoint = {
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
  readonly cloudwatch?: (ministackUrl: string) => ServiceEndpoint;
  readonly rds?: ServiceEndpoint;
  readonly eks?: ServiceEndpoint;
}

export const startTestAws = async ({ lagSeconds, delaySeconds, cloudwatch, rds, eks }: TestAwsOptions): Promise<TestAws> => {
  const command = await pythonTool("ministack");
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-aws-"));
  const ministack = await startMinistack({ command, args: [], dataRoot: folder, logFile: join(folder, "ministack.log") });
  const gateway = await startGateway({
    ministackUrl: ministack.url,
    services: {
      monitoring: cloudwatch?.(ministack.url) ?? noMetrics,
      ...(rds === undefined ? {} : { rds }),
      ...(eks === undefined ? {} : { eks }),
    },
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
