import * as z from "zod";

const Texts = z.record(z.string(), z.string()).optional();

/** What every object of Kubernetes has, as far as an export looks at it. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ */
export const KubernetesObject = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({
    name: z.string().min(1),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    deletionTimestamp: z.string().optional(),
    labels: Texts,
    annotations: Texts,
    ownerReferences: z.array(z.looseObject({ kind: z.string(), controller: z.boolean().optional() })).optional(),
  }),
});
export type KubernetesObject = z.infer<typeof KubernetesObject>;

/** `apps/v1/Deployment`: it stands in a manifest, and in a record's name before the object's. */
export const kindName = ({ apiVersion, kind }: Pick<KubernetesObject, "apiVersion" | "kind">): string => `${apiVersion}/${kind}`;

/** `apps/v1/Deployment/shop`. No object's name has a slash. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#path-segment-names */
export const objectName = (object: KubernetesObject): string => `${kindName(object)}/${object.metadata.name}`;

const kindOfName = (name: string): string => name.slice(0, name.lastIndexOf("/"));

/** How many objects of each kind have these names. */
export const countByKind = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const kind of names.map(kindOfName).sort()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

/** The group of an API version; "" for the core. */
export const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "");
