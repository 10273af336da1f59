import { randomBytes } from "node:crypto";
import type { Clock } from "../clock";
import { admit, checkImmutable } from "../schema/admission";
import { validate } from "../schema/validate";
import { applyConfiguration, managedFieldsEntry } from "./apply";
import { type DeleteOptions, deleteObject } from "./deletion";
import { apiVersionOf, CRON_JOB, type Kind, NAMESPACE } from "./kinds";
import { isObject, type JsonObject, type KubeObject, without } from "./object";
import { mergePatch, strategicMerge } from "./patch";
import { badRequest, conflict, methodNotAllowed, notFound, StatusError } from "./status";
import { type Draft, type Store, timestamp } from "./store";

export interface Target {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
}

export type PatchType = "merge" | "strategic" | "apply";

/** What clients may do: each call checks, admits and stores. Controllers write to the store directly. */
export class Operations {
  /** What each manager applied last, by the object's uid. */
  private readonly applied = new Map<string, ReadonlyMap<string, JsonObject>>();

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {
    store.onChange((change) => {
      if (change.type === "DELETED") this.applied.delete(change.object.metadata.uid);
    });
  }

  create(kind: Kind, namespace: string | undefined, body: JsonObject): KubeObject {
    const metadata = isObject(body.metadata) ? body.metadata : {};
    const name = typeof metadata.name === "string" ? metadata.name : generatedName(metadata.generateName);
    const target = { kind, namespace, name };
    checkIdentity(target, body);
    if (kind.namespaced) this.checkNamespace(namespace ?? "default");
    validate(kind, name, { ...body, metadata: { ...metadata, name }, apiVersion: apiVersionOf(kind), kind: kind.kind });
    const draft: Draft = {
      ...without(admit(kind, body), "status"),
      // Its controller writes nothing until a run is due; all other kinds get a status by their first pass.
      ...(kind === CRON_JOB ? { status: {} } : {}),
      metadata: { ...without(metadata, "resourceVersion", "uid", "generation", "managedFields", "deletionTimestamp"), name, namespace },
    };
    return this.store.create(kind, draft);
  }

  replace(target: Target, body: JsonObject): KubeObject {
    checkIdentity(target, body);
    return this.write(target, body, () => body);
  }

  patch(target: Target, patch: JsonObject, type: Exclude<PatchType, "apply">): KubeObject {
    checkIdentity(target, patch);
    return this.write(target, patch, (live) => (type === "merge" ? mergePatch(live, patch) : strategicMerge(live, patch)));
  }

  /** Creates or merges; true when it created. */
  apply(target: Target, config: JsonObject, manager: string | null): { object: KubeObject; created: boolean } {
    if (manager === null || manager === "")
      throw badRequest("PatchOptions.meta.k8s.io is invalid: fieldManager: Required value: is required for apply patch");
    checkIdentity(target, config);
    const { kind, namespace, name } = target;
    const live = this.store.find(kind, namespace, name);
    if (live === undefined) {
      const metadata = { ...(isObject(config.metadata) ? config.metadata : {}), name };
      const object = this.create(kind, namespace, { ...config, metadata });
      return { object: this.recordManager(kind, object, manager, config), created: true };
    }
    const before = this.applied.get(live.metadata.uid)?.get(manager);
    const object = this.write(target, config, (current) => applyConfiguration(current, before, config));
    return { object: this.recordManager(kind, object, manager, config), created: false };
  }

  delete(target: Target, options: DeleteOptions): KubeObject | undefined {
    return deleteObject(this.store, target.kind, this.store.get(target.kind, target.namespace, target.name), options);
  }

  private write(target: Target, sent: JsonObject, change: (live: JsonObject) => JsonObject): KubeObject {
    const { kind, namespace, name } = target;
    if (kind.readOnly) throw methodNotAllowed(`${kind.plural} are made by the cluster`);
    const live = this.store.get(kind, namespace, name);
    const version = isObject(sent.metadata) ? sent.metadata.resourceVersion : undefined;
    if (version !== undefined && version !== live.metadata.resourceVersion)
      throw conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");
    const changed = admit(kind, change(live));
    validate(kind, name, { ...changed, apiVersion: live.apiVersion, kind: live.kind });
    checkImmutable(kind, name, live, changed);
    const written = this.store.update(kind, live, () => ({
      ...without(changed, "status"),
      apiVersion: live.apiVersion,
      kind: live.kind,
      status: live.status,
      metadata: { ...live.metadata, ...changeable(changed.metadata) },
    }));
    const finalizers = written.metadata.finalizers ?? [];
    if (written.metadata.deletionTimestamp !== undefined && live.metadata.finalizers?.length && finalizers.length === 0)
      this.store.remove(kind, written);
    return written;
  }

  private recordManager(kind: Kind, object: KubeObject, manager: string, config: JsonObject): KubeObject {
    const managers = new Map([...(this.applied.get(object.metadata.uid) ?? []), [manager, config] as const]);
    this.applied.set(object.metadata.uid, managers);
    const entry = managedFieldsEntry(object, manager, timestamp(this.clock), config);
    return this.store.update(kind, object, (live) => {
      const previous = live.metadata.managedFields?.find((each) => each.manager === manager);
      const same = JSON.stringify(previous?.fieldsV1) === JSON.stringify(entry.fieldsV1);
      const others = live.metadata.managedFields?.filter((each) => each.manager !== manager) ?? [];
      return same ? live : { ...live, metadata: { ...live.metadata, managedFields: [...others, entry] } };
    });
  }

  private checkNamespace(namespace: string): void {
    const found = this.store.find(NAMESPACE, undefined, namespace);
    if (found === undefined) throw notFound(NAMESPACE, namespace);
    if (found.metadata.deletionTimestamp !== undefined)
      throw new StatusError(403, "Forbidden", `unable to create new content in namespace ${namespace} because it is being terminated`);
  }
}

const generatedName = (prefix: unknown): string => {
  if (typeof prefix !== "string") throw new StatusError(422, "Invalid", "metadata.name: Required value: name or generateName is required");
  return `${prefix}${randomBytes(4).toString("hex").slice(0, 5)}`;
};

const checkIdentity = ({ kind, namespace, name }: Target, body: JsonObject): void => {
  const metadata = isObject(body.metadata) ? body.metadata : {};
  const expected: readonly [string, unknown, unknown][] = [
    ["apiVersion", body.apiVersion, apiVersionOf(kind)],
    ["kind", body.kind, kind.kind],
    ["metadata.name", metadata.name, name],
    ["metadata.namespace", kind.namespaced ? metadata.namespace : undefined, namespace],
  ];
  const wrong = expected.find(([, received, allowed]) => received !== undefined && received !== allowed);
  if (wrong !== undefined) throw badRequest(`${wrong[0]} of the object (${String(wrong[1])}) does not match the URL (${String(wrong[2])})`);
};

/** The parts of metadata that a client may write; the server keeps the rest. */
const changeable = (metadata: unknown): Pick<KubeObject["metadata"], "labels" | "annotations" | "finalizers" | "ownerReferences"> => {
  const from: JsonObject = isObject(metadata) ? metadata : {};
  return {
    labels: stringsOf(from.labels),
    annotations: stringsOf(from.annotations),
    finalizers: Array.isArray(from.finalizers) ? from.finalizers.map(String) : undefined,
    ownerReferences: Array.isArray(from.ownerReferences) ? from.ownerReferences.filter(isOwnerReference) : undefined,
  };
};

const stringsOf = (value: unknown): { [name: string]: string } | undefined =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)])) : undefined;

const isOwnerReference = (value: unknown): value is { apiVersion: string; kind: string; name: string; uid: string } =>
  isObject(value) && ["apiVersion", "kind", "name", "uid"].every((field) => typeof value[field] === "string");
