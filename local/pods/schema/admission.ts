import { isDeepStrictEqual } from "node:util";
import { CLAIM, CONFIG_MAP, DEPLOYMENT, JOB, type Kind, POD, SECRET, SERVICE, STATEFUL_SET } from "../api/kinds";
import { isObject, type Json, type JsonObject, without } from "../api/object";
import { type Cause, invalid } from "../api/status";

/** What the API server itself adds to an object before it is stored. */
export const admit = (kind: Kind, object: JsonObject): JsonObject => {
  if (kind === SECRET) return withEncodedData(object);
  if (kind === SERVICE) return withAddress(object);
  return object;
};

/** https://kubernetes.io/docs/concepts/configuration/secret/: stringData is write-only, it becomes base64 data. */
const withEncodedData = (secret: JsonObject): JsonObject => {
  const clear = isObject(secret.stringData) ? secret.stringData : {};
  const encoded = Object.fromEntries(Object.entries(clear).map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]));
  const data = { ...(isObject(secret.data) ? secret.data : {}), ...encoded };
  return { type: "Opaque", ...without(secret, "stringData"), ...(Object.keys(data).length === 0 ? {} : { data }) };
};

const withAddress = (service: JsonObject): JsonObject =>
  isObject(service.spec) ? { ...service, spec: { clusterIP: "127.0.0.1", type: "ClusterIP", ...service.spec } } : service;

/** Fields of a spec that may change after creation; "none" stands for an immutable spec. Kinds that are not listed are free. */
const MUTABLE: ReadonlyMap<Kind, readonly string[]> = new Map([
  [
    STATEFUL_SET,
    ["replicas", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"],
  ],
  [JOB, ["backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished", "parallelism"]],
  [CLAIM, ["resources", "volumeName"]],
  [POD, ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"]],
]);

/** Refuses a change of what Kubernetes does not let change. */
export const checkImmutable = (kind: Kind, name: string, live: JsonObject, next: JsonObject): void => {
  const causes = [...specCauses(kind, live.spec, next.spec), ...dataCauses(kind, live, next)];
  if (causes.length > 0) throw invalid(kind, name, causes);
};

const specCauses = (kind: Kind, live: Json | undefined, next: Json | undefined): readonly Cause[] => {
  if (!isObject(live) || !isObject(next)) return [];
  const mutable = MUTABLE.get(kind);
  const fixed =
    kind === DEPLOYMENT
      ? ["selector"]
      : mutable === undefined
        ? []
        : Object.keys({ ...live, ...next }).filter((field) => !mutable.includes(field));
  const changed = fixed.filter((field) => !isDeepStrictEqual(live[field], next[field]));
  const allowed = mutable === undefined ? "" : `; may change: ${mutable.join(", ")}`;
  return changed.map((field) => ({ field: `spec.${field}`, message: `Forbidden: field is immutable${allowed}` }));
};

const dataCauses = (kind: Kind, live: JsonObject, next: JsonObject): readonly Cause[] => {
  if ((kind !== CONFIG_MAP && kind !== SECRET) || live.immutable !== true) return [];
  return ["immutable", "data", "binaryData"]
    .filter((field) => !isDeepStrictEqual(live[field], next[field]))
    .map((field) => ({ field, message: "Forbidden: field is immutable when `immutable` is set" }));
};
