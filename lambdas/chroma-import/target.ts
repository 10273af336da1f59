import { sha256Hex } from "../../recovery/checksum";
import type { ChromaManifest, ExportedCollection } from "../../recovery/chroma/manifest";
import { canonicalMetadata } from "../../recovery/chroma/metadata";
import { LifeboatError } from "../../recovery/errors";
import { type ChromaClient, type ChromaCollection, DEFAULT_TENANT, type NewCollection } from "../chroma/client";
import { comparableSchema } from "../chroma/schema";
import type { ChromaServer } from "../chroma/server";

/** What an import asks of the new server. */
export type TargetServer = Pick<ChromaServer, "hasTenant" | "databases" | "createTenant" | "createDatabase" | "database">;

/** The name of a collection that is not complete yet. It tells this recovery's work from anything else on the server. */
export const restoringName = (recoveryId: string, collection: number): string =>
  `lifeboat-restoring-${sha256Hex(recoveryId).slice(0, 12)}-${collection}`;

/** Refuses a server that holds anything which is not part of this recovery: it is not the new one, and nothing on it may change. */
export const refuseForeign = async (server: TargetServer, recoveryId: string, manifest: ChromaManifest): Promise<void> => {
  const ours = new Set(
    manifest.collections.flatMap(({ tenant, database, name }, number) =>
      [name, restoringName(recoveryId, number)].map((own) => JSON.stringify([tenant, database, own])),
    ),
  );
  const foreign: string[] = [];
  // A new server has the default tenant, whatever the point is of.
  for (const tenant of new Set([DEFAULT_TENANT, ...manifest.databases.map((path) => path.tenant)])) {
    if (!(await server.hasTenant(tenant))) continue;
    for (const database of await server.databases(tenant))
      for (const { name } of await server.database(tenant, database).collections())
        if (!ours.has(JSON.stringify([tenant, database, name]))) foreign.push(`${tenant}/${database}/${name}`);
  }
  if (foreign.length === 0) return;
  throw new LifeboatError({
    code: "target-refused",
    what: "The server is not a new one: it holds collections that are no part of this recovery; nothing on it was changed",
    received: `${foreign.length}: ${foreign.slice(0, 5).join(", ")}`,
    allowed: "an empty server, or one that this recovery was importing into",
    hint: "Give the URL of the server that was created for this recovery",
  });
};

/** Makes the tenants and databases of a point, the empty ones too. Those that stand are left as they are. */
export const makeDatabases = async (server: TargetServer, databases: ChromaManifest["databases"]): Promise<void> => {
  const made = new Set<string>();
  for (const { tenant, database } of databases) {
    if (!made.has(tenant) && !(await server.hasTenant(tenant))) await server.createTenant(tenant);
    made.add(tenant);
    if (!(await server.databases(tenant)).includes(database)) await server.createDatabase(tenant, database);
  }
};

/** The collection's index is built as at the source. */
export const sameShape = (exported: ExportedCollection, made: ChromaCollection): boolean =>
  canonicalMetadata(exported.configurationJson) === canonicalMetadata(made.configurationJson) &&
  comparableSchema(exported.schemaJson) === comparableSchema(made.schemaJson);

/**
 * Makes an empty collection with the exported metadata and shape. The server takes a configuration or a schema, never both, and
 * refuses a schema beside the older `hnsw:` metadata; a configuration alone loses per-key indexes. So the result decides.
 */
export const createAlike = async (
  client: Pick<ChromaClient, "create" | "remove" | "version">,
  exported: ExportedCollection,
  name: string,
): Promise<ChromaCollection> => {
  const { metadataJson, configurationJson, schemaJson } = exported;
  const shapes: NewCollection["shape"][] = [{ configurationJson }, ...(schemaJson === null ? [] : [{ schemaJson }])];
  for (const shape of shapes) {
    const made = await client.create({ name, metadataJson, shape });
    if (sameShape(exported, made)) return made;
    await client.remove(name);
  }
  throw new LifeboatError({
    code: "unsupported",
    what: `The new server does not build collection "${exported.name}" as it was`,
    received: `release ${await client.version()}`,
    allowed: `configuration ${configurationJson}`,
    hint: "Run the server release that the point was exported from",
  });
};
