import { deleteObject, dependentsOf, FOREGROUND } from "../api/deletion";
import { CLAIM, KINDS, NAMESPACE, POD } from "../api/kinds";
import { isList, isObject, type KubeObject } from "../api/object";
import type { Store } from "../api/store";
import { type ControllerContext, isEnding } from "./context";

const AT_ONCE = { propagation: "Background" } as const;

/** Deletes what belonged to something that is gone, and finishes what is being deleted. */
export const collectGarbage = ({ store }: ControllerContext): void => {
  const all = KINDS.flatMap((kind) => store.list(kind).map((object) => ({ kind, object })));
  const living = new Set(all.map(({ object }) => object.metadata.uid));
  for (const { kind, object } of all) {
    const owners = object.metadata.ownerReferences ?? [];
    const abandoned = owners.length > 0 && owners.every(({ uid }) => !living.has(uid));
    if (abandoned && !isEnding(object)) deleteObject(store, kind, object, AT_ONCE);
    if (isEnding(object) && object.metadata.finalizers?.includes(FOREGROUND)) finishForeground(store, kind, object);
  }
  finishClaims(store);
  finishNamespaces(store);
};

const finishForeground = (store: Store, kind: (typeof KINDS)[number], object: KubeObject): void => {
  const dependents = dependentsOf(store, object);
  for (const each of dependents) if (!isEnding(each.object)) deleteObject(store, each.kind, each.object, AT_ONCE);
  if (dependents.length > 0) return;
  const finalizers = object.metadata.finalizers?.filter((each) => each !== FOREGROUND) ?? [];
  if (finalizers.length === 0) store.remove(kind, object);
  else store.update(kind, object, (live) => ({ ...live, metadata: { ...live.metadata, finalizers } }));
};

/** A claim in use is kept until its pods are gone, as the pvc-protection finalizer has it. New claims are bound at once. */
const finishClaims = (store: Store): void => {
  for (const claim of store.list(CLAIM)) {
    const { namespace, name, uid } = claim.metadata;
    if (!isEnding(claim)) {
      const { accessModes, resources } = claim.spec ?? {};
      const capacity = isObject(resources) ? resources.requests : undefined;
      store.setStatus(CLAIM, claim, { phase: "Bound", accessModes, capacity });
      if (claim.spec?.volumeName === undefined)
        store.update(CLAIM, claim, (live) => ({ ...live, spec: { ...live.spec, volumeName: `pvc-${uid}` } }));
    } else if (!store.list(POD, namespace).some((pod) => claimsOf(pod).includes(name))) store.remove(CLAIM, claim);
  }
};

const claimsOf = (pod: KubeObject): readonly string[] => {
  const volumes = pod.spec?.volumes;
  return (isList(volumes) ? volumes : []).filter(isObject).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (isObject(persistentVolumeClaim)) return [String(persistentVolumeClaim.claimName)];
    return ephemeral === undefined ? [] : [`${pod.metadata.name}-${String(name)}`];
  });
};

const finishNamespaces = (store: Store): void => {
  for (const namespace of store.list(NAMESPACE)) {
    if (!isEnding(namespace)) {
      store.setStatus(NAMESPACE, namespace, { phase: "Active" });
      continue;
    }
    const content = KINDS.filter((kind) => kind.namespaced).flatMap((kind) =>
      store.list(kind, namespace.metadata.name).map((object) => ({ kind, object })),
    );
    for (const { kind, object } of content) if (!isEnding(object)) deleteObject(store, kind, object, AT_ONCE);
    if (content.length === 0) store.remove(NAMESPACE, namespace);
  }
};
