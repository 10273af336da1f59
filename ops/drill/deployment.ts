import { join } from "node:path";
import type { EmbeddedAws } from "../../local/embedded-aws";
import type { Progress } from "../../local/progress";
import { initStack, type LocalStack, type StackConfig } from "../../local/stacks";
import { pulumiEnvironment, type Toolchain } from "../../local/toolchain";

export interface DeploymentContext {
  readonly aws: EmbeddedAws;
  readonly toolchain: Toolchain;
  readonly progress: Progress;
  readonly projectDir: string;
  readonly runDir: string;
  readonly now: () => Date;
}

const SAVED_AT_END = { PULUMI_SKIP_CHECKPOINTS: "true", PULUMI_EXPERIMENTAL: "true" };

/** Guards nothing of value: the state lies in the run's own embedded AWS. */
const PASSPHRASE = "drill";

/**
 * When the engine saves a stack's state. After each step is Pulumi's own way, and what survives a killed engine; a third of the deployment of
 * hundreds of resources goes into it. At the end is for a cloud that ends with its engine, and where no time is judged.
 * https://github.com/pulumi/pulumi/issues/10668
 */
export type StateSaved = "afterEachStep" | "atEnd";

/** A stack with its own user and its own backend, in the region that it must not lose. */
export const openStack = (
  context: DeploymentContext,
  name: "prod" | "dr",
  region: string,
  overlay: StackConfig,
  stateSaved: StateSaved = "afterEachStep",
): Promise<LocalStack> => {
  const { toolchain, progress, projectDir, runDir, now } = context;
  return initStack({
    name,
    projectDir,
    stateDir: join(runDir, name),
    overlay,
    pulumi: toolchain.pulumi,
    progress,
    now,
    environment: { ...stackEnvironment(context, name, region, process.env), ...(stateSaved === "atEnd" ? SAVED_AT_END : {}) },
  });
};

/** The whole environment of the stack's CLI, over a shell's. */
export const stackEnvironment = (
  { aws, toolchain }: Pick<DeploymentContext, "aws" | "toolchain">,
  name: "prod" | "dr",
  region: string,
  base: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv =>
  pulumiEnvironment({
    toolchain,
    backendUrl: backendUrl(aws.stateBuckets[name], region, aws.gateway.url),
    passphrase: PASSPHRASE,
    base,
    extra: {
      AWS_ENDPOINT_URL: aws.gateway.url,
      AWS_ACCESS_KEY_ID: aws.users[name].accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.users[name].secretAccessKey,
      AWS_REGION: region,
      KUBECONFIG: aws.kubeconfig,
      // Functions get it too: it is how they trust the embedded databases.
      NODE_EXTRA_CA_CERTS: aws.rds.caFile,
      // The state bucket is versioned: a second copy of every checkpoint would only slow each step down.
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    },
  });

/** Pulumi's S3 backend with an endpoint of its own. https://www.pulumi.com/docs/iac/concepts/state-and-backends/#using-a-self-managed-backend */
const backendUrl = (bucket: string, region: string, endpoint: string): string =>
  `s3://${bucket}?region=${region}&endpoint=${endpoint}&use_path_style=true&hostname_immutable=true`;
