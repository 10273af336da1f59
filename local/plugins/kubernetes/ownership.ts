import type { Properties, Value } from "../protocol/resource";
import { isList, isRecord } from "../protocol/values";

/** The name under which this plugin applies: what it owns of an object is what a program declared. */
export const FIELD_MANAGER = "pulumi-kubernetes";

/** Of a live object, what a program declared: the fields that this plugin owns; without such a record (an import), all that is no server's own. */
export const declaredIn = (live: Properties): Properties => {
  const metadata = isRecord(live.metadata) ? live.metadata : {};
  const entries = isList(metadata.managedFields) ? metadata.managedFields.filter(isRecord) : [];
  const own = entries.find((entry) => entry.manager === FIELD_MANAGER);
  const declared = own !== undefined && isRecord(own.fieldsV1) ? project(live, own.fieldsV1) : withoutServerFields(live);
  const inner = isRecord(declared.metadata) ? declared.metadata : {};
  const identity = Object.fromEntries(
    ["name", "namespace"].flatMap((name) => (metadata[name] === undefined ? [] : [[name, metadata[name]]])),
  );
  return { ...declared, apiVersion: live.apiVersion ?? "", kind: live.kind ?? "", metadata: { ...inner, ...identity } };
};

/** The part of a value that a FieldsV1 set names: `f:` is a field, `k:` an item of a list by its keys, `{}` all below. */
const project = (live: Properties, fields: Properties): Properties => {
  const result: Record<string, Value> = {};
  for (const [key, inner] of Object.entries(fields)) {
    const name = key.slice(2);
    const value = live[name];
    if (key.startsWith("f:") && value !== undefined) result[name] = projectValue(value, isRecord(inner) ? inner : {});
  }
  return result;
};

const projectValue = (live: Value, fields: Properties): Value => {
  const keys = Object.keys(fields).filter((key) => key !== ".");
  if (keys.length === 0) return live;
  if (isRecord(live)) return project(live, fields);
  if (!isList(live)) return live;
  return live.filter(isRecord).flatMap((item) => {
    const key = keys.find((each) => each.startsWith("k:") && matches(item, JSON.parse(each.slice(2))));
    const inner = key === undefined ? undefined : fields[key];
    return isRecord(inner) ? [project(item, inner)] : [];
  });
};

const matches = (item: Properties, key: unknown): boolean =>
  typeof key === "object" && key !== null && Object.entries(key).every(([name, value]) => item[name] === value);

const SERVER_METADATA = [
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "managedFields",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
];

const withoutServerFields = ({ status: _status, ...live }: Properties): Properties => {
  const metadata = isRecord(live.metadata) ? live.metadata : {};
  return { ...live, metadata: Object.fromEntries(Object.entries(metadata).filter(([name]) => !SERVER_METADATA.includes(name))) };
};
