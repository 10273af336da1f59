import type { HttpOptions } from "../../lambdas/chroma/http";
import { type ChromaServer, chromaServer } from "../../lambdas/chroma/server";

/**
 * A server of its own to whoever is given it: each tenant stands under another name on a real one, so that many tests share its start. Only the
 * default tenant of a real new server is missing, which the import makes then.
 */
export const tenantsApart = (url: string, suffix: string, http: HttpOptions = {}): ChromaServer => {
  const server = chromaServer({ url, ...http });
  const apart = (tenant: string): string => `${tenant}-${suffix}`;
  return {
    version: () => server.version(),
    hasTenant: (name) => server.hasTenant(apart(name)),
    databases: (tenant) => server.databases(apart(tenant)),
    collectionCount: (tenant, database) => server.collectionCount(apart(tenant), database),
    createTenant: (name) => server.createTenant(apart(name)),
    createDatabase: (tenant, name) => server.createDatabase(apart(tenant), name),
    database: (tenant, name) => server.database(apart(tenant), name),
  };
};
