import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createCloudWatch, createSnsPublisher } from "../cloudwatch";
import { rootCredentials, startMinistack } from "../emulator";
import { bootstrap, type DeployUser } from "../emulator/bootstrap";
import { type Gateway, startGateway } from "../gateway";
import type { PodRunner } from "../pods";
import { reservePort } from "../ports";
import type { Progress } from "../progress";
import { installPlugins, sdkVersionOf, type Toolchain } from "../toolchain";
import { createClusters, startClusters } from "./clusters";
import { type ClusterNetwork, createClusterNetwork, createStateBucket } from "./existing";
import { createPager, type Pager } from "./pager";
import { applicationPolicy, drDeployPolicy, prodDeployPolicy } from "./policies";
import { type DatabaseLags, type EmbeddedRds, startRds } from "./rds";

export interface EmbeddedAwsOptions {
  readonly toolchain: Toolchain;
  readonly progress: Progress;
  /** The run's own folder: data, logs, kubeconfig. */
  readonly runDir: string;
  readonly system: string;
  readonly regions: { readonly primary: string; readonly recovery: string };
  /** From a write in the primary region to its copy in the recovery region. On AWS: up to 15 minutes with RTC. */
  readonly replicationLagSeconds: number;
  readonly databases: DatabaseLags;
  readonly now: () => Date;
}

/** AWS and two Kubernetes clusters on this machine, with what a company has there before Lifeboat comes. */
export interface EmbeddedAws {
  readonly gateway: Gateway;
  readonly rds: EmbeddedRds;
  readonly pods: { readonly primary: PodRunner; readonly recovery: PodRunner };
  readonly users: { readonly prod: DeployUser; readonly dr: DeployUser; readonly application: DeployUser };
  readonly networks: { readonly primary: ClusterNetwork; readonly recovery: ClusterNetwork };
  /** Free ports for the Chroma Services and for the databases: the regions share one address here. */
  readonly chromaPorts: { readonly primary: number; readonly recovery: number };
  readonly databasePorts: { readonly primary: number; readonly recovery: number; readonly replica: number };
  readonly stateBuckets: { readonly prod: string; readonly dr: string };
  readonly kubeconfig: string;
  readonly pager: Pager;
  stop(): Promise<void>;
}

const PLUGINS = resolve(__dirname, "..", "plugins");
/** MiniStack's account where nothing else is said. */
const ACCOUNT_ID = "000000000000";
const ALARM_TICK_SECONDS = 2;

/** Starts everything, or stops what it started and throws. */
export const startEmbeddedAws = async (options: EmbeddedAwsOptions): Promise<EmbeddedAws> => {
  const started: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    // Last started first: the gateway must not answer for a MiniStack that is gone.
    for (const end of started.splice(0).reverse()) await end();
  };
  const step = options.progress.step("Starting the embedded AWS");
  try {
    const aws = await startAll(options, (end) => started.push(end), step.update);
    step.done(`${aws.gateway.url}, ${options.regions.primary} and ${options.regions.recovery}`);
    return { ...aws, stop };
  } catch (error) {
    step.fail("could not start");
    await stop();
    throw error;
  }
};

const startAll = async (
  options: EmbeddedAwsOptions,
  onStop: (end: () => Promise<void> | void) => void,
  update: (detail: string) => void,
): Promise<Omit<EmbeddedAws, "stop">> => {
  const { toolchain, runDir, system, regions } = options;
  const plugins = ["aws", "kubernetes", "random"].map((name) => ({
    name,
    version: sdkVersionOf(name),
    entry: join(PLUGINS, name, "main.ts"),
  }));
  const dataRoot = join(runDir, "ministack");
  await mkdir(dataRoot, { recursive: true });
  update("MiniStack, plugins");
  const [ministack] = await Promise.all([
    startMinistack({ ...toolchain.ministack, dataRoot, logFile: join(runDir, "ministack.log") }),
    installPlugins({ pulumiHome: toolchain.pulumiHome, node: toolchain.node, plugins }),
  ]);
  onStop(ministack.stop);
  const clock = { now: options.now };
  const cloudwatch = createCloudWatch({
    clock,
    account: ACCOUNT_ID,
    publish: createSnsPublisher({ ministackUrl: ministack.url, rootCredentials }),
  });
  cloudwatch.start(ALARM_TICK_SECONDS);
  onStop(() => cloudwatch.stop());
  update("databases");
  const rds = await startRds({
    ...options,
    lags: options.databases,
    account: ACCOUNT_ID,
    ministackUrl: ministack.url,
    rootCredentials,
    cloudwatch,
  });
  onStop(rds.stop);
  const clusterUrls = new Map<string, string>();
  const eks = createClusters({ regions, account: ACCOUNT_ID, now: options.now, clusterUrls });
  update("gateway");
  const gateway = await startGateway({
    ministackUrl: ministack.url,
    services: { monitoring: cloudwatch, rds: rds.endpoint, eks },
    replication: { lagSeconds: options.replicationLagSeconds },
    clock,
    rootCredentials,
    homeRegion: regions.primary,
    regions: [regions.primary, regions.recovery],
  });
  onStop(gateway.stop);
  update("clusters");
  const { kubeconfig, ...pods } = await startClusters({
    ...{ eks, clusterUrls, toolchain, runDir, regions, account: ACCOUNT_ID, now: options.now, rootCredentials, onStop },
    gatewayUrl: gateway.url,
  });

  update("what the company has already");
  const root = { endpoint: gateway.url, credentials: rootCredentials };
  const stateBuckets = { prod: `${system}-pulumi-state-prod`, dr: `${system}-pulumi-state-dr` };
  const scope = { system, recoveryRegion: regions.recovery, stateBuckets };
  const { createDeployUser } = bootstrap(gateway.url);
  const [prod, dr, application, primaryNetwork, recoveryNetwork, pager] = await Promise.all([
    createDeployUser("deploy-prod", prodDeployPolicy(scope)),
    createDeployUser("deploy-dr", drDeployPolicy(scope)),
    createDeployUser("application", applicationPolicy(scope)),
    createClusterNetwork(root, regions.primary),
    createClusterNetwork(root, regions.recovery),
    createPager(root, regions.recovery, "on-call"),
    createStateBucket(root, regions.primary, stateBuckets.prod),
    createStateBucket(root, regions.recovery, stateBuckets.dr),
  ]);
  onStop(pager.close);
  for (const { name, accessKeyId } of [prod, dr, application]) gateway.calls.identify(accessKeyId, { name, kind: "user" });
  return {
    gateway,
    rds,
    pods,
    users: { prod, dr, application },
    networks: { primary: primaryNetwork, recovery: recoveryNetwork },
    chromaPorts: { primary: await reservePort(), recovery: await reservePort() },
    databasePorts: { primary: await reservePort(), recovery: await reservePort(), replica: await reservePort() },
    stateBuckets,
    kubeconfig,
    pager,
  };
};
