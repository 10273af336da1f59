import { CLAIM, KINDS, type Kind, NAMESPACE, POD } from "./kinds";
import type { KubeObject } from "./object";
import { conflict } from "./status";
import type { Store } from "./store";

export type Propagation = "Background" | "Foreground" | "Orphan";

export interface DeleteOptions {
  readonly propagation: Propagation;
  /** For pods: seconds between SIGTERM and SIGKILL, in place of the pod's own. */
  readonly gracePeriodSeconds?: number;
  readonly uid?: string;
}

export const FOREGROUND = "foregroundDeletion";

/**
 * Deletes, or begins to: a pod ends first, a claim waits for its pods, a namespace for its content.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion
 */
export const deleteObject = (store: Store, kind: Kind, object: KubeObject, options: DeleteOptions): KubeObject | undefined => {
  if (options.uid !== undefined && options.uid !== object.metadata.uid)
    throw conflict(kind, object.metadata.name, `the UID in the precondition (${options.uid}) does not match ${object.metadata.uid}`);
  if (kind === POD || kind === CLAIM || kind === NAMESPACE) return markEnding(store, kind, object, options);
  const dependents = dependentsOf(store, object);
  if (options.propagation === "Orphan") for (const each of dependents) orphan(store, each, object);
  const finalizers = object.metadata.finalizers ?? [];
  const waits = options.propagation === "Foreground" && dependents.length > 0;
  if (waits || finalizers.length > 0) return store.markDeleted(kind, object, [...new Set([...finalizers, ...(waits ? [FOREGROUND] : [])])]);
  store.remove(kind, object);
  return undefined;
};

export interface Dependent {
  readonly kind: Kind;
  readonly object: KubeObject;
}

export const dependentsOf = (store: Store, owner: KubeObject): readonly Dependent[] =>
  KINDS.flatMap((kind) =>
    store
      .list(kind, owner.metadata.namespace)
      .filter((object) => object.metadata.ownerReferences?.some((reference) => reference.uid === owner.metadata.uid))
      .map((object) => ({ kind, object })),
  );

const orphan = (store: Store, { kind, object }: Dependent, owner: KubeObject): void => {
  store.update(kind, object, (live) => ({
    ...live,
    metadata: {
      ...live.metadata,
      ownerReferences: live.metadata.ownerReferences?.filter((reference) => reference.uid !== owner.metadata.uid),
    },
  }));
};

const markEnding = (store: Store, kind: Kind, object: KubeObject, { gracePeriodSeconds }: DeleteOptions): KubeObject => {
  const marked = store.markDeleted(kind, object);
  if (kind === NAMESPACE) return store.setStatus(kind, marked, { phase: "Terminating" }) ?? marked;
  if (gracePeriodSeconds === undefined) return marked;
  return store.update(kind, marked, (live) => ({
    ...live,
    metadata: { ...live.metadata, deletionGracePeriodSeconds: gracePeriodSeconds },
  }));
};
