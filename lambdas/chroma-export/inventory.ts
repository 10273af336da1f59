import type { DatabasePath } from "../../recovery/chroma/manifest";
import { canonicalJson } from "../../recovery/chroma/metadata";
import { LifeboatError } from "../../recovery/errors";
import type { ChromaClient, ChromaCollection } from "../chroma/client";
import type { ChromaServer } from "../chroma/server";

/** What the inventory asks of a server. It never writes. */
export type InventorySource = Pick<ChromaServer, "hasTenant" | "databases" | "collectionCount"> & {
  database(tenant: string, name: string): Pick<ChromaClient, "collections">;
};

export interface Inventory {
  readonly databases: readonly DatabasePath[];
  /** By tenant, database and name: the same order in each export. */
  readonly collections: readonly ChromaCollection[];
}

/** Every database and collection of the tenants. Throws `configuration` for a tenant that the server does not have, `short-export` when a list is shorter than its count. */
export const takeInventory = async (server: InventorySource, tenants: readonly string[]): Promise<Inventory> => {
  const databases: DatabasePath[] = [];
  const collections: ChromaCollection[] = [];
  for (const tenant of [...new Set(tenants)].sort()) {
    if (!(await server.hasTenant(tenant))) throw unknownTenant(tenant);
    for (const database of await server.databases(tenant)) {
      databases.push({ tenant, database });
      collections.push(...(await collectionsOf(server, tenant, database)));
    }
  }
  return { databases, collections };
};

/** Collections are made and removed meanwhile; then a list and its count may differ for a moment. */
const LISTING_ATTEMPTS = 5;

const collectionsOf = async (server: InventorySource, tenant: string, database: string): Promise<readonly ChromaCollection[]> => {
  const seen: string[] = [];
  for (let attempt = 1; attempt <= LISTING_ATTEMPTS; attempt += 1) {
    const before = await server.collectionCount(tenant, database);
    const found = await server.database(tenant, database).collections();
    const after = await server.collectionCount(tenant, database);
    if (found.length >= Math.min(before, after) && found.length <= Math.max(before, after))
      return found.map((collection) => settled(collection, { tenant, database })).sort((a, b) => (a.name < b.name ? -1 : 1));
    seen.push(`${found.length} listed, ${before} counted before and ${after} after`);
  }
  throw new LifeboatError({
    code: "short-export",
    what: `The export of the database ${tenant}/${database} would be short; no manifest was written`,
    received: seen.join("; "),
    allowed: "as many collections listed as the server counts",
    hint: "It is tried again at the next run; if it fails each time, check the server's disk",
  });
};

/** The same text each time it is asked for: the server writes keys in any order. */
const settled = (collection: ChromaCollection, path: DatabasePath): ChromaCollection => ({
  ...collection,
  ...path,
  metadataJson: collection.metadataJson === null ? null : canonicalJson(collection.metadataJson),
  configurationJson: canonicalJson(collection.configurationJson),
  schemaJson: collection.schemaJson === null ? null : canonicalJson(collection.schemaJson),
});

const unknownTenant = (tenant: string): LifeboatError =>
  new LifeboatError({
    code: "configuration",
    what: "The Chroma server has no such tenant",
    received: `"${tenant}"`,
    allowed: "tenants that exist: a server does not list them, so they are configuration",
    hint: "Correct lifeboat:chroma.tenants of stack prod, or make the tenant",
  });
