import type { ExportedKind } from "./discovery";

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
export const namespacePath = (namespace: string): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}`;

export const collectionPath = ({ apiVersion, plural }: ExportedKind, namespace: string): string =>
  `${apiVersion.includes("/") ? "/apis" : "/api"}/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${plural}`;

export const objectPath = (kind: ExportedKind, namespace: string, name: string): string =>
  `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
