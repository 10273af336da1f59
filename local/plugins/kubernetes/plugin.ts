import type { Plugin } from "../protocol/resource";
import { ClusterClient } from "./client";
import { type Environment, settingsOf } from "./configuration";
import type { Cluster } from "./context";
import { KIND_TABLE } from "./kinds";
import { handlerOf } from "./resource";

/** The embedded `kubernetes` plugin. `environment` is where the kubeconfig is named that the configuration does not give. */
export const kubernetesPlugin = (environment: Environment): Plugin<Cluster> => ({
  name: "kubernetes",
  version: "4.34.2",
  configure: (config) => {
    const settings = settingsOf(config, environment);
    return { settings, client: new ClusterClient(settings.connection) };
  },
  resources: KIND_TABLE.map(handlerOf),
  functions: [],
  source: "local/plugins/kubernetes",
  replacingSettings: ["cluster", "clusterIdentifier", "context", "namespace"],
});
