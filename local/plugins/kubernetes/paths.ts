import type { KindRow } from "./kinds";

/** `stores/chroma`, or `stores` for what has no namespace. */
export const idOf = (row: KindRow, namespace: string, name: string): string => (row.namespaced ? `${namespace}/${name}` : name);

const rootOf = (apiVersion: string): string => (apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`);

export const pathOf = (row: KindRow, id: string): string => {
  const root = rootOf(row.apiVersion);
  if (!row.namespaced) return `${root}/${row.plural}/${encodeURIComponent(id)}`;
  const [namespace = "", name = ""] = id.includes("/") ? id.split("/") : ["default", id];
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${row.plural}/${encodeURIComponent(name)}`;
};

/** The core collections (`pods`, `events`) in the namespace of an object. */
export const collectionOf =
  (id: string) =>
  (plural: string): string =>
    `/api/v1/namespaces/${encodeURIComponent(id.includes("/") ? (id.split("/")[0] ?? "") : id)}/${plural}`;
