import { LifeboatError } from "../../../recovery/errors";
import { type InputRule, type Properties, type ResourceHandler, Unfinished } from "../protocol/resource";
import { isRecord } from "../protocol/values";
import { UnreachableError } from "./client";
import type { Cluster } from "./context";
import type { KindRow } from "./kinds";
import { declaredIn, FIELD_MANAGER } from "./ownership";
import { idOf, pathOf } from "./paths";
import { outputsOf, restoreStringData } from "./secrets";
import { annotation, NotReadyError, untilGone, untilReady } from "./waiting";

const METADATA: InputRule = {
  fields: {
    annotations: {},
    finalizers: {},
    labels: {},
    name: { replaces: true },
    namespace: { replaces: true, chosenByService: true },
  },
};

/** Annotations of the official plugin that change what it does and that this one does not follow. */
const UNKNOWN_ANNOTATIONS = ["pulumi.com/waitFor", "pulumi.com/replaceUnready", "pulumi.com/patchForce"];

/** The handler of one kind: create and update by server-side apply, and wait as the official plugin does. */
export const handlerOf = (row: KindRow): ResourceHandler<Cluster> => ({
  type: row.type,
  inputs: {
    apiVersion: { replaces: true, default: row.apiVersion },
    kind: { replaces: true, default: row.kind },
    metadata: METADATA,
    ...row.inputs,
  },
  autoName: { property: "metadata.name", maxLength: 63, lowercase: true },
  identity: ["metadata.name", "metadata.namespace"],
  computed: row.hasStatus ? ["status"] : [],
  secretOutputs: row.secretOutputs,

  check: (inputs) =>
    UNKNOWN_ANNOTATIONS.filter((name) => annotation(inputs, name) !== undefined).map((name) => ({
      property: `metadata.annotations["${name}"]`,
      reason: `the embedded kubernetes plugin does not follow the annotation ${name}; remove it, or use the official plugin`,
    })),

  create: async (cluster, inputs, signal) => {
    const id = identityOf(cluster, row, inputs);
    if (!cluster.settings.upsertExistingObjects && (await cluster.client.find(pathOf(row, id))) !== undefined)
      throw exists(cluster, row, id);
    return { id, outputs: await apply(cluster, row, id, inputs, signal) };
  },

  read: async (cluster, id, state) => {
    const live = await cluster.client.find(pathOf(row, id));
    if (live === undefined) return undefined;
    return { inputs: restoreStringData(declaredIn(live), live, state), outputs: outputsOf(live, state) };
  },

  update: (cluster, id, _olds, news, signal) => apply(cluster, row, id, news, signal),

  delete: async (cluster, id, state) => {
    try {
      await remove(cluster, row, id, state);
    } catch (thrown) {
      if (!(thrown instanceof UnreachableError && cluster.settings.deleteUnreachable)) throw thrown;
    }
  },
});

const identityOf = ({ settings }: Cluster, row: KindRow, inputs: Properties): string => {
  const { name = "", namespace = settings.namespace } = isRecord(inputs.metadata) ? inputs.metadata : {};
  return idOf(row, String(namespace), String(name));
};

const apply = async (cluster: Cluster, row: KindRow, id: string, inputs: Properties, signal: AbortSignal): Promise<Properties> => {
  const path = pathOf(row, id);
  const applied = await cluster.client.json({
    method: "PATCH",
    path,
    query: { fieldManager: FIELD_MANAGER, force: "true" },
    contentType: "application/apply-patch+yaml",
    body: bodyOf(row, id, inputs),
  });
  try {
    return outputsOf(await untilReady(cluster, row, id, applied, signal), inputs);
  } catch (thrown) {
    if (!(thrown instanceof NotReadyError)) throw thrown;
    throw new Unfinished({ id, outputs: outputsOf(thrown.object, inputs) }, thrown.message);
  }
};

const bodyOf = (row: KindRow, id: string, inputs: Properties): Properties => {
  const known = Object.fromEntries(Object.entries(inputs).filter(([name]) => !name.startsWith("__")));
  const metadata = isRecord(inputs.metadata) ? inputs.metadata : {};
  const namespace: Properties = row.namespaced ? { namespace: id.split("/")[0] ?? "" } : {};
  return { ...known, apiVersion: row.apiVersion, kind: row.kind, metadata: { ...metadata, ...namespace } };
};

const remove = async (cluster: Cluster, row: KindRow, id: string, state: Properties): Promise<void> => {
  const path = pathOf(row, id);
  const live = await cluster.client.find(path);
  if (live === undefined) return;
  const policy = annotation(state, "pulumi.com/deletionPropagationPolicy") ?? "foreground";
  const propagationPolicy = policy.charAt(0).toUpperCase() + policy.slice(1).toLowerCase();
  await cluster.client.text({ method: "DELETE", path, body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy } });
  if (annotation(state, "pulumi.com/skipAwait") === "true") return;
  await untilGone(cluster, row, id, isRecord(live.metadata) ? live.metadata.uid : undefined);
};

const exists = ({ client }: Cluster, row: KindRow, id: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: `${row.kind} ${id} already exists in context ${client.context}`,
    received: id,
    hint: `Import it (pulumi import ${row.type} NAME ${id}), delete it, or set upsertExistingObjects on the provider`,
  });
