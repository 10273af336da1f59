import { isList, isObject, type Json, type JsonObject, type KubeObject, without } from "./object";
import { mergeKeyOf, strategicMerge } from "./patch";

/**
 * Server-side apply: what a manager applied before and leaves out now is removed, the rest is merged in.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 * Conflicts between managers are not refused: every apply counts as forced.
 */
export const applyConfiguration = (live: JsonObject, before: JsonObject | undefined, applied: JsonObject): JsonObject => {
  const config = ownable(applied);
  const kept = before === undefined ? live : withoutDropped(live, ownable(before), config);
  return strategicMerge(kept, config);
};

/** What a manager can own of what it sends: not the identity of the object, nor what the server writes. */
export const ownable = (object: JsonObject): JsonObject => {
  const metadata = isObject(object.metadata)
    ? without(
        object.metadata,
        "name",
        "namespace",
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "deletionTimestamp",
        "managedFields",
      )
    : {};
  return { ...without(object, "apiVersion", "kind", "status"), metadata };
};

/** `live` without what stands in `before` and not in `now`; what others added beside it stays. */
const withoutDropped = (live: JsonObject, before: JsonObject, now: JsonObject): JsonObject => {
  const result: Record<string, Json | undefined> = { ...live };
  for (const [field, old] of Object.entries(before)) {
    const kept = keptOf(field, result[field], old, now[field]);
    if (kept === undefined) delete result[field];
    else result[field] = kept;
  }
  return result;
};

const keptOf = (field: string, live: Json | undefined, before: Json | undefined, now: Json | undefined): Json | undefined => {
  if (isObject(live) && isObject(before)) {
    const kept = withoutDropped(live, before, isObject(now) ? now : {});
    return now === undefined && Object.keys(kept).length === 0 ? undefined : kept;
  }
  if (isList(live) && isList(before) && mergeKeyOf(field, live, before) !== undefined) {
    const kept = listWithoutDropped(field, live, before, isList(now) ? now : []);
    return now === undefined && kept.length === 0 ? undefined : kept;
  }
  return now === undefined ? undefined : live;
};

const listWithoutDropped = (field: string, live: readonly Json[], before: readonly Json[], now: readonly Json[]): readonly Json[] => {
  const key = mergeKeyOf(field, live, before, now);
  if (key === undefined) return live;
  const itemOf = (list: readonly Json[], item: JsonObject): JsonObject | undefined =>
    list.filter(isObject).find((each) => each[key] === item[key]);
  return live.filter(isObject).flatMap((item) => {
    const old = itemOf(before, item);
    const next = itemOf(now, item);
    if (old === undefined) return [item];
    return next === undefined ? [] : [withoutDropped(item, old, next)];
  });
};

/** The `managedFields` entry for one manager, with the fields as FieldsV1 writes them. */
export const managedFieldsEntry = (object: KubeObject, manager: string, time: string, applied: JsonObject): JsonObject => ({
  manager,
  operation: "Apply",
  apiVersion: object.apiVersion,
  time,
  fieldsType: "FieldsV1",
  fieldsV1: fieldsOf(withoutEmptyMetadata(ownable(applied))),
});

/** An empty field set stands for a whole value, and nobody owns the whole metadata. */
const withoutEmptyMetadata = (object: JsonObject): JsonObject =>
  isObject(object.metadata) && Object.keys(object.metadata).length === 0 ? without(object, "metadata") : object;

const fieldsOf = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).map(([field, each]) => [`f:${field}`, fieldSetOf(field, each)]));

const fieldSetOf = (field: string, value: Json | undefined): JsonObject => {
  if (isObject(value)) return fieldsOf(value);
  const key = isList(value) ? mergeKeyOf(field, value) : undefined;
  if (!isList(value) || key === undefined) return {};
  return Object.fromEntries(value.filter(isObject).map((item) => [`k:${JSON.stringify({ [key]: item[key] })}`, fieldsOf(item)]));
};
