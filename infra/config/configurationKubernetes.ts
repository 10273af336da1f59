import { z } from "zod";
import { jobsNamespace } from "../../recovery/names";
import type { PrimaryCluster } from "./cluster";

// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
const Namespace = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a namespace's name such as shop")
  .meta({ title: "namespace" });

export const KubernetesValues = z.strictObject({
  namespaces: z
    .array(Namespace)
    .min(1)
    .describe(
      "Namespaces of the primary region's cluster whose objects are exported, Secrets too: those of the applications, and Lifeboat's own if they should be; the series is `configuration/kubernetes/<namespace>`",
    ),
});

/** What decides which namespaces are exported. */
export interface KubernetesQuestion {
  readonly system: string;
  readonly clusters: { readonly primary: PrimaryCluster };
  readonly configuration: { readonly kubernetes?: "off" | z.infer<typeof KubernetesValues>; readonly git: "off" | object };
  readonly postgres: { readonly dump: "off" | object };
  readonly chroma: { readonly server: object };
}

export interface KubernetesExport {
  /** In EKS. */
  readonly clusterName: string;
  readonly namespaces: readonly string[];
}

/**
 * The namespaces that are exported: those that were named, else those that Lifeboat makes. Nothing of a cluster that has no name in EKS: it lets nobody
 * in by a role.
 */
export const kubernetesExport = ({
  system,
  clusters,
  configuration,
  postgres,
  chroma,
}: KubernetesQuestion): KubernetesExport | undefined => {
  const clusterName = eksName(system, clusters.primary);
  const { kubernetes, git } = configuration;
  if (clusterName === undefined || kubernetes === "off") return undefined;
  const { namespace } = clusters.primary;
  const namespaces = kubernetes?.namespaces ?? [
    ...("existing" in chroma.server ? [] : [namespace]),
    ...(git === "off" && postgres.dump === "off" ? [] : [jobsNamespace(namespace)]),
  ];
  return namespaces.length === 0 ? undefined : { clusterName, namespaces: [...new Set(namespaces)] };
};

const eksName = (system: string, primary: PrimaryCluster): string | undefined =>
  primary.kind === "create" ? (primary.name ?? `${system}-primary`) : primary.name;

/** What the schema cannot say of them. */
export const kubernetesFailures = ({
  configuration,
  clusters,
}: {
  readonly configuration?: { readonly kubernetes?: "off" | object };
  readonly clusters?: { readonly primary: PrimaryCluster };
}): string[] => {
  const asked = configuration?.kubernetes !== undefined && configuration.kubernetes !== "off";
  return asked && clusters !== undefined && clusters.primary.kind !== "create" && clusters.primary.name === undefined
    ? [
        "clusters.primary.name: configuration.kubernetes is of this cluster, which lets a function in by its name in EKS; objects of a cluster that is none of EKS's are not exported",
      ]
    : [];
};
