import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { kmsAuthenticity } from "../../../lambdas/shared/authenticity";
import { type AutomatedBackups, rdsAutomatedBackups } from "../../../lambdas/shared/automated-backups";
import { type EmbeddedAws, startEmbeddedAws } from "../../../local/embedded-aws";
import { rootCredentials } from "../../../local/emulator";
import { silentProgress } from "../../../local/progress";
import type { LocalStack, StackConfig } from "../../../local/stacks";
import { ensureToolchain } from "../../../local/toolchain";
import { openStack, type StateSaved } from "../../../ops/drill/deployment";
import { DATABASE_LAGS, REGIONS, REPLICATION_LAG_SECONDS, SYSTEM } from "../../../ops/drill/profile";
import type { Authenticator } from "../../../recovery/catalogue/authenticity";
import { catalogueKeyAlias } from "../../../recovery/names";

export const PROJECT = resolve(__dirname, "..", "..", "..");

/** The embedded AWS with clients that see everything, and stacks on it. */
export interface TestBed {
  readonly aws: EmbeddedAws;
  readonly recoveryS3: S3Client;
  readonly recoveryAuthenticator: Authenticator;
  readonly recoveryRds: RDSClient;
  readonly recoveryBackups: AutomatedBackups;
  readonly runDir: string;
  stack(name: "prod" | "dr", overlay: StackConfig, stateSaved?: StateSaved): Promise<LocalStack>;
  bucketNames(): Promise<readonly string[]>;
  parameter(name: string): Promise<string | undefined>;
  /** Runs a function of the primary region now, as its schedule would. */
  invoke(functionName: string): Promise<void>;
  stop(): Promise<void>;
}

export const startTestBed = async (): Promise<TestBed> => {
  const runDir = await mkdtemp(join(tmpdir(), "lifeboat-test-"));
  const now = () => new Date();
  const toolchain = await ensureToolchain({ progress: silentProgress, runDir });
  const aws = await startEmbeddedAws({
    toolchain,
    progress: silentProgress,
    runDir,
    system: SYSTEM,
    regions: REGIONS,
    replicationLagSeconds: REPLICATION_LAG_SECONDS,
    databases: DATABASE_LAGS,
    now,
  });
  const access = { endpoint: aws.gateway.url, credentials: rootCredentials };
  const recoveryS3 = new S3Client({ ...access, region: REGIONS.recovery, forcePathStyle: true });
  const rds = new RDSClient({ ...access, region: REGIONS.recovery });
  const kms = new KMSClient({ ...access, region: REGIONS.recovery });
  const ssm = new SSMClient({ ...access, region: REGIONS.recovery });
  const lambda = new LambdaClient({ ...access, region: REGIONS.primary });
  const context = { aws, toolchain, progress: silentProgress, projectDir: PROJECT, runDir, now };
  return {
    aws,
    recoveryS3,
    recoveryAuthenticator: kmsAuthenticity(kms, catalogueKeyAlias(SYSTEM)),
    recoveryRds: rds,
    recoveryBackups: rdsAutomatedBackups(rds),
    runDir,
    stack: (name, overlay, stateSaved) =>
      openStack(context, name, name === "prod" ? REGIONS.primary : REGIONS.recovery, overlay, stateSaved),
    bucketNames: async () => ((await recoveryS3.send(new ListBucketsCommand({}))).Buckets ?? []).flatMap(({ Name }) => Name ?? []),
    parameter: async (name) => (await ssm.send(new GetParameterCommand({ Name: name }))).Parameter?.Value,
    invoke: async (functionName) => {
      const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName: functionName }));
      if (FunctionError !== undefined) throw new Error(`${functionName}: ${Buffer.from(Payload ?? []).toString()}`);
    },
    stop: async () => {
      for (const client of [recoveryS3, rds, kms, ssm, lambda]) client.destroy();
      await aws.stop();
      await rm(runDir, { recursive: true, force: true });
    },
  };
};
