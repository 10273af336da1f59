import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { CHROMA_POD_PORT, ChromaServer } from "../components/chroma/chromaServer";
import { ExistingChroma, portOf } from "../components/existing/existingChroma";
import type { FunctionNetwork } from "../components/network/functionNetwork";
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
