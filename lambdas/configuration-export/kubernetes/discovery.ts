import * as z from "zod";
import { derivedGroup, derivedKind } from "../../../recovery/configuration/kubernetes/derived";
import { LifeboatError } from "../../../recovery/errors";
import type { KubernetesApi } from "./api";

/** A kind whose objects are listed: where, and what they say that they are. */
export interface ExportedKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** `deployments` */
  readonly plural: string;
}

/** https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api */
const ResourceList = z.object({
  groupVersion: z.string(),
  resources: z.array(z.object({ name: z.string(), namespaced: z.boolean(), kind: z.string(), verbs: z.array(z.string()) })),
});
type ResourceList = z.infer<typeof ResourceList>;
const GroupList = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      versions: z.array(z.object({ groupVersion: z.string() })),
      preferredVersion: z.object({ groupVersion: z.string() }),
    }),
  ),
});

/** Kinds that somebody can make, and that an export can list: what is only measured or asked for cannot be made. */
const NEEDED_VERBS = ["list", "get", "create"];

/** Every kind with namespaces that this cluster serves, custom ones too, each once: in its group's preferred version, or in the first one that has it. */
export const exportedKinds = async (api: KubernetesApi): Promise<readonly ExportedKind[]> => {
  const kinds = kindsOf("", [await resources(api, "/api/v1")]);
  const { groups } = GroupList.parse(await api.get("/apis"));
  for (const { name, versions, preferredVersion } of groups) {
    if (derivedGroup(name) !== undefined) continue;
    const lists: ResourceList[] = [];
    const others = versions.map(({ groupVersion }) => groupVersion).filter((version) => version !== preferredVersion.groupVersion);
    for (const version of [preferredVersion.groupVersion, ...others]) lists.push(await resources(api, `/apis/${version}`));
    kinds.push(...kindsOf(name, lists));
  }
  return kinds;
};

const kindsOf = (group: string, lists: readonly ResourceList[]): ExportedKind[] => {
  const byPlural = new Map<string, ExportedKind>();
  for (const { groupVersion, resources } of lists)
    for (const { name, namespaced, kind, verbs } of resources) {
      const exported =
        namespaced && !name.includes("/") && NEEDED_VERBS.every((verb) => verbs.includes(verb)) && derivedKind(group, kind) === undefined;
      if (exported && !byPlural.has(name)) byPlural.set(name, { apiVersion: groupVersion, kind, plural: name });
    }
  return [...byPlural.values()];
};

/** An export without a kind that the cluster cannot list now would be short of it. */
const resources = async (api: KubernetesApi, path: string): Promise<ResourceList> => {
  const read = ResourceList.safeParse(await api.get(path));
  if (read.success) return read.data;
  throw new LifeboatError({
    code: "store-unavailable",
    what: `The cluster names ${path} and does not say what is in it`,
    hint: "An API service may be down: kubectl get apiservices shows which. Nothing is exported without it",
  });
};
