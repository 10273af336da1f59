import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { exportMachineName, type Site } from "../../recovery/names";
import type { LockedSnapshotsArgs } from "../components/backup/lockedSnapshots";
import { CHROMA_POD_PORT, ChromaServer } from "../components/chroma/chromaServer";
import { ExportMachine } from "../components/chroma/exportMachine";
import { ExistingChroma, portOf } from "../components/existing/existingChroma";
import { ScheduledMachine } from "../components/functions/trigger";
import type { UnattendedFunction } from "../components/functions/unattendedFunction";
import type { FunctionNetwork } from "../components/network/functionNetwork";
import { LAMBDA_LIMIT_SECONDS } from "../config/checks";
import type { ProdConfiguration } from "../config/read";

type ServerValues = ProdConfiguration["chroma"]["server"];

/** The ports of the server that the functions are let out to and, of one that is made, let in to in the cluster. One that exists is taken at its word: its URL's. */
export const chromaPorts = (server: ServerValues): { readonly chromaPort: number; readonly podPort?: number } =>
  "existing" in server ? { chromaPort: portOf(server.existing.url) } : { chromaPort: server.port, podPort: CHROMA_POD_PORT };

export interface ChromaDeployment {
  readonly configuration: ProdConfiguration;
  /** Of the primary region: the functions that export the server. */
  readonly network: FunctionNetwork;
  /** Of the primary region's Kubernetes: asked for by a server that is made. */
  readonly kubernetes: () => k8s.Provider;
  readonly whole: pulumi.Resource;
  readonly primary: pulumi.ComponentResourceOptions;
}

/** The Chroma server of the primary region, which exists or is made; its URL is known once it serves. */
export const deployChroma = ({ configuration, network, kubernetes, whole, primary }: ChromaDeployment): pulumi.Output<string> => {
  const { clusters, chroma, protection } = configuration;
  const { server } = chroma;
  if ("existing" in server)
    return new ExistingChroma("chroma", { ...server, functionsSecurityGroupId: network.securityGroupId }, primary).url;
  return new ChromaServer(
    "chroma",
    { ...server, namespace: clusters.primary.namespace, clientCidr: network.vpcCidr, protect: protection !== "disposable" },
    { parent: whole, provider: kubernetes() },
  ).url;
};

export interface ChromaExportDeployment {
  readonly site: Site;
  readonly configuration: ProdConfiguration;
  readonly exporter: UnattendedFunction;
  readonly primary: pulumi.ComponentResourceOptions;
}

/** The export of the server on its schedule. */
export const scheduleChromaExport = ({ site, configuration, exporter, primary }: ChromaExportDeployment): ExportMachine => {
  const { system, accountId } = site;
  const { schedule, maxDuration, concurrency } = configuration.chroma;
  const name = exportMachineName(system);
  const callSeconds = Math.min(maxDuration, LAMBDA_LIMIT_SECONDS);
  const machine = new ExportMachine(name, { system, accountId, exporter, callSeconds, maxSeconds: maxDuration, concurrency }, primary);
  new ScheduledMachine(name, { accountId, schedule, machineArn: machine.arn }, primary);
  return machine;
};

/**
 * The tag of the server's volume, where its snapshots are asked for: Kubernetes' EBS driver puts the claim's namespace on it, and nothing else
 * has a volume there. https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md
 */
export const chromaVolumeTags = ({ chroma, clusters }: ProdConfiguration): LockedSnapshotsArgs["tags"] =>
  chroma.volumeSnapshots ? [{ key: "kubernetes.io/created-for/pvc/namespace", value: clusters.primary.namespace }] : [];
