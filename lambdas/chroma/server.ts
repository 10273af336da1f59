import { databaseNamesOf } from "./answers";
import { type ChromaClient, chromaClient } from "./client";
import { type Call, type HttpOptions, jsonOverHttp } from "./http";

/**
 * A whole server. Its tenants cannot be listed by HTTP: 1.5.9 has a route to make one and one to ask for one by its name,
 * https://github.com/chroma-core/chroma/issues/1838
 */
export interface ChromaServer {
  /** What the server says: "1.0.0" whatever its release (measured with 1.5.9). */
  version(): Promise<string>;
  hasTenant(name: string): Promise<boolean>;
  /** The databases of a tenant, by name. */
  databases(tenant: string): Promise<string[]>;
  /** How many collections the server counts in a database, independently of their list. */
  collectionCount(tenant: string, database: string): Promise<number>;
  /** One that exists is made already. */
  createTenant(name: string): Promise<void>;
  createDatabase(tenant: string, name: string): Promise<void>;
  database(tenant: string, name: string): ChromaClient;
}

const DATABASES_PER_PAGE = 100;

export const chromaServer = ({ url, ...http }: HttpOptions & { readonly url: string }): ChromaServer => {
  const call = jsonOverHttp(`${url.replace(/\/+$/, "")}/api/v2`, http);
  const read = (path: string, accept?: Call["accept"]) => call({ method: "GET", path, repeatable: true, accept });
  const tenantPath = (tenant: string): string => `/tenants/${encodeURIComponent(tenant)}`;
  const databasesPath = (tenant: string): string => `${tenantPath(tenant)}/databases`;
  // An attempt whose answer was lost has made it: repeating it is answered 409.
  const make = (path: string, name: string) =>
    call({ method: "POST", path, body: JSON.stringify({ name }), repeatable: true, accept: [409] });
  return {
    version: async () => String(JSON.parse((await read("/version")).body.toString())),
    hasTenant: async (name) => (await read(tenantPath(name), [404])).status !== 404,
    databases: async (tenant) => {
      const found = new Set<string>();
      for (let offset = 0; ; offset += DATABASES_PER_PAGE) {
        const page = databaseNamesOf((await read(`${databasesPath(tenant)}?limit=${DATABASES_PER_PAGE}&offset=${offset}`)).body);
        for (const name of page) found.add(name);
        if (page.length < DATABASES_PER_PAGE) return [...found].sort();
      }
    },
    collectionCount: async (tenant, database) =>
      Number((await read(`${databasesPath(tenant)}/${encodeURIComponent(database)}/collections_count`)).body.toString()),
    createTenant: async (name) => {
      await make("/tenants", name);
    },
    createDatabase: async (tenant, name) => {
      await make(databasesPath(tenant), name);
    },
    database: (tenant, database) => chromaClient({ url, tenant, database, ...http }),
  };
};
