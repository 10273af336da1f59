import { sha256Hex } from "../../recovery/checksum";
import type { ExportedCollection } from "../../recovery/chroma/manifest";
import { canonicalMetadata } from "../../recovery/chroma/record";
import { LifeboatError } from "../../recovery/errors";
import type { ChromaClient, ChromaCollection, NewCollection } from "../chroma/client";
import { comparableSchema } from "../chroma/schema";

/** The name of a collection that is not complete yet. It tells this recovery's work from anything else on the server. */
export const restoringName = (recoveryId: string, collection: number): string =>
  `lifeboat-restoring-${sha256Hex(recoveryId).slice(0, 12)}-${collection}`;

/** Refuses a server that holds anything which is not part of this recovery: it is not the new one, and nothing on it may change. */
export const refuseForeign = async (
  client: ChromaClient,
  recoveryId: string,
  collections: readonly ExportedCollection[],
): Promise<void> => {
  const ours = new Set(collections.flatMap(({ name }, number) => [name, restoringName(recoveryId, number)]));
  const foreign = (await client.collections()).map(({ name }) => name).filter((name) => !ours.has(name));
  if (foreign.length === 0) return;
  throw new LifeboatError({
    code: "target-refused",
    what: "The server is not a new one: it holds collections that are no part of this recovery; nothing on it was changed",
    received: `${foreign.length}: ${foreign.slice(0, 5).join(", ")}`,
    allowed: "an empty server, or one that this recovery was importing into",
    hint: "Give the URL of the server that was created for this recovery",
  });
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
