import { createHash } from "node:crypto";
import { POD } from "../api/kinds";
import { isObject, type JsonObject, type KubeObject, type OwnerReference } from "../api/object";
import type { Store } from "../api/store";
import type { Clock } from "../clock";
import type { Events } from "../events";
import type { Kubelet } from "../kubelet/kubelet";

/** What every controller works with. A pass compares what is declared with what is, and takes the next steps; it can be repeated at any time. */
export interface ControllerContext {
  readonly store: Store;
  readonly events: Events;
  readonly kubelet: Kubelet;
  readonly clock: Clock;
  /** Asks for a pass later, where time itself is what a controller waits for. */
  wakeIn(ms: number): void;
}

export const REVISION_LABEL = "controller-revision-hash";

/** Names a version of a pod template: a change means new pods. */
export const revisionOf = (template: JsonObject): string => createHash("sha256").update(canonical(template)).digest("hex").slice(0, 10);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );

export const ownerOf = ({ apiVersion, kind, metadata: { name, uid } }: KubeObject): OwnerReference & { controller: boolean } => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
});

export const podsOf = (store: Store, owner: KubeObject): readonly KubeObject[] =>
  store
    .list(POD, owner.metadata.namespace)
    .filter((pod) => pod.metadata.ownerReferences?.some((reference) => reference.uid === owner.metadata.uid));

export const isEnding = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined;

export const endPod = (store: Store, pod: KubeObject): void => {
  if (!isEnding(pod)) store.markDeleted(POD, pod);
};

/** The template of a workload, as declared: what a pod is made of. */
export const templateOf = (owner: KubeObject): { readonly metadata: JsonObject; readonly spec: JsonObject } => {
  const template = owner.spec?.template;
  const fields: JsonObject = isObject(template) ? template : {};
  return { metadata: isObject(fields.metadata) ? fields.metadata : {}, spec: isObject(fields.spec) ? fields.spec : {} };
};

export const createPod = (
  { store, events }: ControllerContext,
  owner: KubeObject,
  kind: Parameters<Events["record"]>[0],
  name: string,
  extra: { readonly labels?: JsonObject; readonly volumes?: readonly JsonObject[] },
): void => {
  const { metadata, spec } = templateOf(owner);
  const volumes = [...(Array.isArray(spec.volumes) ? spec.volumes : []), ...(extra.volumes ?? [])];
  const labels = { ...(isObject(metadata.labels) ? metadata.labels : {}), ...extra.labels };
  store.create(POD, {
    metadata: { ...metadata, name, namespace: owner.metadata.namespace, labels, ownerReferences: [ownerOf(owner)] },
    spec: { ...spec, volumes },
    status: { phase: "Pending" },
  });
  events.record(kind, owner, "Normal", "SuccessfulCreate", `Created pod: ${name}`);
};
