import { isList, isObject, type Json, type JsonObject, without } from "./object";

/** RFC 7386, https://www.rfc-editor.org/rfc/rfc7386: null removes, objects merge, everything else replaces. */
export const mergePatch = (target: JsonObject, patch: JsonObject): JsonObject => {
  const result: Record<string, Json | undefined> = { ...target };
  for (const [field, value] of Object.entries(patch)) {
    const before = result[field];
    if (value === null) delete result[field];
    else if (isObject(value)) result[field] = mergePatch(isObject(before) ? before : {}, value);
    else result[field] = value;
  }
  return result;
};

/**
 * Lists that Kubernetes merges by a key of their items, with the fields that may be the key: `ports` has one key in a container and
 * another in a Service. Every other list is replaced whole.
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/#notes-on-the-strategic-merge-patch
 */
const MERGE_KEYS: { readonly [list: string]: readonly string[] } = {
  containers: ["name"],
  initContainers: ["name"],
  volumes: ["name"],
  env: ["name"],
  volumeMounts: ["mountPath"],
  ports: ["containerPort", "port"],
  imagePullSecrets: ["name"],
  ownerReferences: ["uid"],
  topologySpreadConstraints: ["topologyKey"],
  hostAliases: ["ip"],
};

/** The field that identifies the items of this list, if it merges by key. */
export const mergeKeyOf = (list: string, ...versions: readonly (Json | undefined)[]): string | undefined => {
  const items = versions.flatMap((version) => (isList(version) ? version : [])).filter(isObject);
  return MERGE_KEYS[list]?.find((key) => items.length > 0 && items.every((item) => item[key] !== undefined));
};

/** Strategic merge: like a merge patch, but lists with a key merge item by item. `$patch` and `$setElementOrder` are understood. */
export const strategicMerge = (target: JsonObject, patch: JsonObject): JsonObject => {
  if (patch.$patch === "replace") return without(patch, "$patch");
  const result: Record<string, Json | undefined> = { ...target };
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith("$")) continue;
    const before = result[field];
    if (value === null) delete result[field];
    else if (isObject(value)) result[field] = strategicMerge(isObject(before) ? before : {}, value);
    else if (isList(value)) result[field] = mergeList(field, isList(before) ? before : [], value);
    else result[field] = value;
  }
  return result;
};

const mergeList = (field: string, before: readonly Json[], patch: readonly Json[]): readonly Json[] => {
  const key = mergeKeyOf(field, before, patch);
  if (key === undefined) return patch;
  const result: Json[] = [...before];
  for (const item of patch) {
    if (!isObject(item)) continue;
    const at = result.findIndex((each) => isObject(each) && each[key] === item[key]);
    const found = result[at];
    if (item.$patch === "delete") {
      if (at >= 0) result.splice(at, 1);
    } else if (isObject(found)) result[at] = strategicMerge(found, item);
    else result.push(strategicMerge({}, item));
  }
  return result;
};
