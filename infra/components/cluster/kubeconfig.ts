export interface KubeconfigArgs {
  readonly clusterName: string;
  readonly region: string;
  readonly endpoint: string;
  /** The cluster's certificate authority, base64 as EKS gives it. */
  readonly certificateAuthority: string;
}

/**
 * A kubeconfig with one context, named after the cluster, whose token the aws CLI makes when it is needed: it holds no credential. The token is signed
 * for the cluster's own region, so that it needs no other. https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html
 */
export const kubeconfigOf = ({ clusterName, region, endpoint, certificateAuthority }: KubeconfigArgs): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: clusterName, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } }],
    users: [
      {
        name: clusterName,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: ["--region", region, "eks", "get-token", "--cluster-name", clusterName, "--output", "json"],
            interactiveMode: "Never",
          },
        },
      },
    ],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user: clusterName } }],
    "current-context": clusterName,
  });
