import { join } from "node:path";
import { assumeBySts, createEks, type Eks, eksAuthenticator, startPodIdentityAgent } from "../eks";
import { awsCliImage, chromaImage, gitImage, type PodRunner, postgresImage, startPods, type TokenReview, writeKubeconfig } from "../pods";
import { readSoftware } from "../rds";
import type { Toolchain } from "../toolchain";

export interface Regions {
  readonly primary: string;
  readonly recovery: string;
}

export interface EmbeddedEksOptions {
  readonly regions: Regions;
  readonly account: string;
  readonly now: () => Date;
  /** Where each region's cluster has its API, once it runs. */
  readonly clusterUrls: Map<string, string>;
}

/** A cluster has the same name in EKS as its context in the kubeconfig. */
const clusterName = (region: string): string => `lifeboat-${region}`;

export const createClusters = ({ regions, account, now, clusterUrls }: EmbeddedEksOptions): Eks =>
  createEks({
    account,
    endpointOf: (region) => clusterUrls.get(region),
    now,
    random: Math.random,
    clusters: Object.fromEntries(Object.values(regions).map((region) => [region, [clusterName(region)]])),
  });

export interface ClustersOptions extends EmbeddedEksOptions {
  readonly eks: Eks;
  readonly toolchain: Pick<Toolchain, "chroma" | "awsCli" | "postgresBin" | "zstd">;
  readonly runDir: string;
  readonly gatewayUrl: string;
  /** EKS's own, which assumes roles for pods. */
  readonly rootCredentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly onStop: (end: () => Promise<void> | void) => void;
}

export interface Clusters {
  readonly primary: PodRunner;
  readonly recovery: PodRunner;
  readonly kubeconfig: string;
}

/** A cluster in each region, whose pods get their roles from EKS, and one kubeconfig for both. */
export const startClusters = async (options: ClustersOptions): Promise<Clusters> => {
  const { regions, runDir } = options;
  const images = await imagesOf(options);
  const cluster = async (region: string): Promise<PodRunner> => {
    const roles = await startRoles(options, region);
    const runner = await startPods({
      region,
      dataRoot: join(runDir, "pods", region),
      images,
      roles,
      visitors: visitorsOf(options, region),
    });
    options.clusterUrls.set(region, runner.url);
    options.onStop(runner.stop);
    return runner;
  };
  const [primary, recovery] = [await cluster(regions.primary), await cluster(regions.recovery)];
  const kubeconfig = join(runDir, "kubeconfig");
  writeKubeconfig(kubeconfig, [primary, recovery]);
  return { primary, recovery, kubeconfig };
};

const imagesOf = async ({ toolchain, runDir, gatewayUrl }: ClustersOptions) => {
  const { version } = await readSoftware(toolchain.postgresBin);
  const directory = (image: string): string => join(runDir, "pods", "images", image);
  const path = process.env.PATH ?? "";
  return [
    chromaImage(toolchain.chroma),
    postgresImage({
      bins: new Map([[Number.parseInt(version, 10), toolchain.postgresBin]]),
      zstd: toolchain.zstd,
      directory: directory("postgres"),
      path,
    }),
    awsCliImage({ aws: toolchain.awsCli, endpointUrl: gatewayUrl, directory: directory("aws-cli"), path }),
    gitImage({ directory: directory("git"), path }),
  ];
};

/** Whoever has an access entry in EKS is let in by a token of AWS's. */
const visitorsOf = ({ eks, now, gatewayUrl }: ClustersOptions, region: string): TokenReview => {
  const cluster = clusterName(region);
  const authenticate = eksAuthenticator({ stsEndpoint: gatewayUrl, clusterName: cluster, now });
  return async (token) => {
    const name = await authenticate(token);
    if (name === undefined || eks.sees(region, cluster, name, undefined) === "stranger") return undefined;
    return { name, sees: (namespace) => eks.sees(region, cluster, name, namespace) === true };
  };
};

const startRoles = async ({ eks, account, now, gatewayUrl, rootCredentials, onStop }: ClustersOptions, region: string) => {
  const cluster = clusterName(region);
  const assume = assumeBySts({ endpoint: gatewayUrl, region, account, cluster, credentials: rootCredentials });
  const agent = await startPodIdentityAgent({
    region,
    now,
    associationOf: (namespace, serviceAccount) => eks.associationOf(region, cluster, namespace, serviceAccount),
    assume,
  });
  onStop(async () => {
    await agent.stop();
    assume.close();
  });
  return agent;
};
