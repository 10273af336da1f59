import type { FunctionDefinition } from "../definition";

/**
 * What `configuration-export` reaches the cluster's API through: that one stands outside of the network, because it calls the recovery region's KMS and
 * CloudWatch, which endpoints in a network of the primary region do not reach. This one may do nothing by itself.
 */
export const kubernetesRead = (): FunctionDefinition => ({
  name: "kubernetes-read",
  description: "Reads what it is asked of the Kubernetes API, in the cluster's network, with the asker's token",
  home: "primary",
  timeoutSeconds: 30,
  memoryMb: 512,
  inClusterNetwork: true,
  environment: {},
  statements: [],
});
