import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../clock";
import { apiVersionOf, type Kind } from "./kinds";
import { copyOf, type JsonObject, type KubeObject, keyOf, type Metadata, without } from "./object";
import { alreadyExists, conflict, notFound } from "./status";

export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly kind: Kind;
  readonly object: KubeObject;
}

/** What a client or a controller hands in: the store adds uid, versions and timestamps. */
export type Draft = JsonObject & { readonly metadata: JsonObject & { readonly name: string; readonly namespace?: string } };

/** The objects of one cluster, in memory. Every change has a resource version of its own and is told to the listeners. */
export class Store {
  private readonly objects = new Map<string, Map<string, KubeObject>>();
  private readonly listeners = new Set<(change: Change) => void>();
  private version = 0;

  constructor(private readonly clock: Clock) {}

  get resourceVersion(): string {
    return String(this.version);
  }

  onChange(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  find(kind: Kind, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.ofKind(kind).get(keyOf(namespace, name));
  }

  get(kind: Kind, namespace: string | undefined, name: string): KubeObject {
    const found = this.find(kind, namespace, name);
    if (found === undefined) throw notFound(kind, name);
    return found;
  }

  list(kind: Kind, namespace?: string): KubeObject[] {
    const all = [...this.ofKind(kind).values()];
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
  }

  create(kind: Kind, draft: Draft): KubeObject {
    const { name } = draft.metadata;
    const namespace = kind.namespaced ? draft.metadata.namespace : undefined;
    if (this.find(kind, namespace, name) !== undefined) throw alreadyExists(kind, name);
    const metadata = {
      ...copyOf(draft.metadata),
      name,
      namespace,
      uid: randomUUID(),
      resourceVersion: this.nextVersion(),
      generation: 1,
      creationTimestamp: timestamp(this.clock),
    };
    return this.put("ADDED", kind, { ...copyOf(draft), apiVersion: apiVersionOf(kind), kind: kind.kind, metadata });
  }

  /** Writes what `change` makes of the current object; an object that it leaves equal keeps its resource version. */
  update(kind: Kind, current: KubeObject, change: (object: KubeObject) => KubeObject): KubeObject {
    const { namespace, name, uid } = current.metadata;
    const live = this.get(kind, namespace, name);
    if (live.metadata.uid !== uid) throw conflict(kind, name, "the object was deleted and created again");
    const next = copyOf(change(live));
    const sameDesire = isDeepStrictEqual(desireOf(live), desireOf(next));
    const metadata: Metadata = {
      ...next.metadata,
      ...identityOf(live.metadata),
      generation: live.metadata.generation + (sameDesire ? 0 : 1),
    };
    const written = copyOf({ ...next, metadata });
    if (isDeepStrictEqual(live, written)) return live;
    return this.put("MODIFIED", kind, { ...written, metadata: { ...metadata, resourceVersion: this.nextVersion() } });
  }

  setStatus(kind: Kind, object: KubeObject, status: JsonObject): KubeObject | undefined {
    if (this.find(kind, object.metadata.namespace, object.metadata.name)?.metadata.uid !== object.metadata.uid) return undefined;
    return this.update(kind, object, (live) => ({ ...live, status }));
  }

  /** Marks an object that something must finish before it goes: a pod's end, a finalizer. */
  markDeleted(kind: Kind, object: KubeObject, finalizers?: readonly string[]): KubeObject {
    return this.update(kind, object, (live) => ({
      ...live,
      metadata: {
        ...live.metadata,
        deletionTimestamp: live.metadata.deletionTimestamp ?? timestamp(this.clock),
        finalizers: finalizers ?? live.metadata.finalizers,
      },
    }));
  }

  remove(kind: Kind, object: KubeObject): void {
    const { namespace, name, uid } = object.metadata;
    const live = this.find(kind, namespace, name);
    if (live === undefined || live.metadata.uid !== uid) return;
    this.ofKind(kind).delete(keyOf(namespace, name));
    this.tell({ type: "DELETED", kind, object: { ...live, metadata: { ...live.metadata, resourceVersion: this.nextVersion() } } });
  }

  private put(type: Change["type"], kind: Kind, object: KubeObject): KubeObject {
    const stored = copyOf(object);
    this.ofKind(kind).set(keyOf(stored.metadata.namespace, stored.metadata.name), stored);
    this.tell({ type, kind, object: stored });
    return stored;
  }

  private tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }

  private ofKind(kind: Kind): Map<string, KubeObject> {
    const id = `${kind.group}/${kind.plural}`;
    const found = this.objects.get(id) ?? new Map<string, KubeObject>();
    this.objects.set(id, found);
    return found;
  }

  private nextVersion(): string {
    this.version += 1;
    return String(this.version);
  }
}

/** Kubernetes writes whole seconds. */
export const timestamp = (clock: Clock): string =>
  clock
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, "Z");

const desireOf = (object: KubeObject): JsonObject => without(object, "metadata", "status");

const identityOf = ({ name, namespace, uid, creationTimestamp, resourceVersion }: Metadata) => ({
  name,
  namespace,
  uid,
  creationTimestamp,
  resourceVersion,
});
