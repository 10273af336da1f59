import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

interface Cluster {
  readonly server: string;
  /** Some clients, the official JavaScript one among them, speak plain HTTP only where this is said. */
  readonly "insecure-skip-tls-verify": true;
}

/** https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export interface Kubeconfig {
  readonly apiVersion: "v1";
  readonly kind: "Config";
  readonly "current-context": string;
  readonly clusters: readonly { readonly name: string; readonly cluster: Cluster }[];
  readonly users: readonly { readonly name: string; readonly user: { readonly token: string } }[];
  readonly contexts: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string; readonly namespace: string };
  }[];
}

export const kubeconfigFor = (name: string, server: string, token: string): Kubeconfig => ({
  apiVersion: "v1",
  kind: "Config",
  "current-context": name,
  clusters: [{ name, cluster: { server, "insecure-skip-tls-verify": true } }],
  users: [{ name, user: { token } }],
  contexts: [{ name, context: { cluster: name, user: name, namespace: "default" } }],
});

/** One file with a context for each runner, readable by its owner only. JSON is YAML, which is what clients parse. */
export const writeKubeconfig = (
  path: string,
  runners: readonly { readonly contextName: string; readonly kubeconfig: Kubeconfig }[],
): void => {
  const merged: Kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": runners[0]?.contextName ?? "",
    clusters: runners.flatMap(({ kubeconfig }) => kubeconfig.clusters),
    users: runners.flatMap(({ kubeconfig }) => kubeconfig.users),
    contexts: runners.flatMap(({ kubeconfig }) => kubeconfig.contexts),
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(merged, null, 2)}\n`, { mode: 0o600 });
};
