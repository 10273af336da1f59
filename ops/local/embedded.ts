import { join } from "node:path";
import { type EmbeddedAws, startEmbeddedAws } from "../../local/embedded-aws";
import type { Progress } from "../../local/progress";
import { configFileName } from "../../local/stacks/config";
import { ensureToolchain, type Toolchain } from "../../local/toolchain";
import { openStack, stackEnvironment } from "../drill/deployment";
import { ACCOUNT_ID, DATABASE_LAGS, drProfile, prodProfile, REGIONS, REPLICATION_LAG_SECONDS, SYSTEM } from "../drill/profile";
import type { Facts } from "./control";
import type { Home } from "./home";
import type { StackName, State } from "./state";

export interface EmbeddedOptions {
  readonly home: Home;
  readonly projectDir: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** The embedded AWS with the drill's values and both stacks made, nothing deployed. */
export interface Embedded {
  readonly state: Omit<State, "holderId" | "since" | "schema">;
  regions(): Facts["regions"];
  stop(): Promise<void>;
}

export const startEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  const { home, progress, signal, now } = options;
  const toolchain = await unlessAborted(ensureToolchain({ progress, runDir: home.directory }), signal);
  const aws = await startEmbeddedAws({
    toolchain,
    progress,
    runDir: home.directory,
    system: SYSTEM,
    regions: REGIONS,
    replicationLagSeconds: REPLICATION_LAG_SECONDS,
    databases: DATABASE_LAGS,
    now,
  });
  try {
    signal.throwIfAborted();
    const stacks = await makeStacks(options, aws, toolchain);
    return { state: stateOf(aws, toolchain, stacks), regions: () => regionsOf(aws), stop: aws.stop };
  } catch (error) {
    await aws.stop();
    throw error;
  }
};

/** Tools may take minutes to install. What is under way then ends with this process. */
const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, fail) => {
      if (signal.aborted) fail(signal.reason);
      signal.addEventListener("abort", () => fail(signal.reason), { once: true });
    }),
  ]);

const makeStacks = async (options: EmbeddedOptions, aws: EmbeddedAws, toolchain: Toolchain): Promise<State["stacks"]> => {
  const { home, projectDir, progress, now } = options;
  const step = progress.step("Making the stacks prod and dr");
  const context = { aws, toolchain, progress, projectDir, runDir: home.directory, now };
  const make = async (name: StackName, region: string, profile: ReturnType<typeof prodProfile>): Promise<State["stacks"][StackName]> => {
    await openStack(context, name, region, profile);
    const configFile = join(home.directory, name, configFileName(name));
    const { PATH: _, PULUMI_BACKEND_URL = "", ...told } = definedOf(stackEnvironment(context, name, region, {}));
    const variables = { ...told, PULUMI_BACKEND_URL, ...forTyping(name, configFile), ...forTools(aws, region) };
    return { region, stateBucket: aws.stateBuckets[name], backendUrl: PULUMI_BACKEND_URL, configFile, variables };
  };
  try {
    // One after the other: both write the CLI's list of selected stacks.
    const prod = await make("prod", REGIONS.primary, prodProfile(aws));
    const dr = await make("dr", REGIONS.recovery, drProfile(aws, "drill", "latest"));
    step.done();
    return { prod, dr };
  } catch (error) {
    step.fail("failed");
    throw error;
  }
};

/**
 * What the drill says by flags, for a person who types none. PULUMI_OPTION_<FLAG> is the CLI's own, since 3.208:
 * https://github.com/pulumi/pulumi/blob/master/changelog/v3.208.0.md
 */
const forTyping = (stack: StackName, configFile: string) => ({
  PULUMI_STACK: stack,
  PULUMI_OPTION_CONFIG_FILE: configFile,
  // `pulumi stack rm` would delete the committed Pulumi.<stack>.yaml.
  PULUMI_OPTION_PRESERVE_CONFIG: "true",
});

const forTools = ({ rds }: EmbeddedAws, region: string) => ({
  // The aws cli's version 1 and boto3 read this one only.
  AWS_DEFAULT_REGION: region,
  // MiniStack sends no checksums: the CLI's backend would warn at each reading of its state.
  AWS_RESPONSE_CHECKSUM_VALIDATION: "when_required",
  PGSSLMODE: "verify-full",
  PGSSLROOTCERT: rds.caFile,
});

const definedOf = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

const stateOf = (aws: EmbeddedAws, toolchain: Toolchain, stacks: State["stacks"]): Embedded["state"] => ({
  system: SYSTEM,
  accountId: ACCOUNT_ID,
  regions: REGIONS,
  awsUrl: aws.gateway.url,
  clusters: {
    primary: { url: aws.pods.primary.url, context: aws.pods.primary.contextName },
    recovery: { url: aws.pods.recovery.url, context: aws.pods.recovery.contextName },
  },
  kubeconfig: aws.kubeconfig,
  caFile: aws.rds.caFile,
  path: { before: [toolchain.binDir, toolchain.nodeDir], after: [toolchain.postgresBin] },
  stacks,
  users: aws.users,
});

const regionsOf = (aws: EmbeddedAws): Facts["regions"] => {
  const lost = new Set(aws.gateway.outage.current().map(({ region }) => region));
  const of = (side: "primary" | "recovery"): Facts["regions"][string] => ({
    lost: lost.has(REGIONS[side]),
    databases: aws.rds.instances(REGIONS[side]).map(({ identifier, status, multiAz, server }) => ({
      identifier,
      status,
      multiAz,
      host: server?.host ?? null,
      port: server?.port ?? null,
    })),
    pods: aws.pods[side].processes().map(({ namespace, pod, container, pid }) => ({ namespace, pod, container, pid })),
  });
  return { [REGIONS.primary]: of("primary"), [REGIONS.recovery]: of("recovery") };
};
