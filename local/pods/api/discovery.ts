import { apiVersionOf, KINDS, type Kind } from "./kinds";
import type { JsonObject } from "./object";

/** The Kubernetes release whose API this one follows. */
export const SERVER_VERSION = { major: "1", minor: "34", gitVersion: "v1.34.0+lifeboat-local", platform: "local" };

const groups: readonly string[] = [...new Set(KINDS.map((kind) => kind.group))].filter((group) => group !== "");

/** The answers by which clients find out what is served; undefined for every other path. */
export const discover = (pathname: string): JsonObject | undefined => {
  const path = pathname.replace(/\/$/, "");
  if (path === "/version") return SERVER_VERSION;
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map(groupOf) };
  const apiVersion = path === "/api/v1" ? "v1" : /^\/apis\/([^/]+\/[^/]+)$/.exec(path)?.[1];
  const kinds = KINDS.filter((kind) => apiVersionOf(kind) === apiVersion);
  if (apiVersion === undefined || kinds.length === 0) return undefined;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion: apiVersion, resources: kinds.map(resourceOf) };
};

const groupOf = (name: string): JsonObject => {
  const version = { groupVersion: `${name}/v1`, version: "v1" };
  return { name, versions: [version], preferredVersion: version };
};

const resourceOf = (kind: Kind): JsonObject => ({
  name: kind.plural,
  singularName: kind.kind.toLowerCase(),
  namespaced: kind.namespaced,
  kind: kind.kind,
  verbs: kind.readOnly ? ["get", "list", "watch", "delete"] : ["get", "list", "watch", "create", "update", "patch", "delete"],
});
