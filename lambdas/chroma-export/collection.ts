import type { ExportedCollection } from "../../recovery/chroma/manifest";
import { LifeboatError } from "../../recovery/errors";
import type { ChromaClient, ChromaCollection } from "../chroma/client";
import type { Deadline } from "../shared/deadline";
import type { ObjectStore } from "../shared/objects";
import { PartWriter } from "./parts";
import { type PageSource, readPages } from "./read";

/** What an export asks of a server. It never writes. */
export type ExportSource = Pick<ChromaClient, "version" | "collections" | "count" | "ids"> & PageSource;

export interface CollectionExport {
  readonly client: ExportSource;
  readonly staging: ObjectStore;
  readonly pointId: string;
  /** Its number in the manifest. */
  readonly number: number;
  readonly collection: ChromaCollection;
  readonly checkDeadline: Deadline;
}

/** Reads one collection into parts. A collection that is deleted meanwhile ends the export: the next run is without it. */
export const exportCollection = async (run: CollectionExport): Promise<ExportedCollection> => {
  const { client, collection, checkDeadline } = run;
  const { ids, count } = await listIds(client, collection);
  const parts = new PartWriter(run.staging, run.pointId, run.number);
  const missing: string[] = [];
  for await (const page of readPages(client, collection.id, ids)) {
    checkDeadline(() => `${parts.digest.count} of ${ids.length} records of "${collection.name}" read; no manifest was written`);
    await parts.add(page.records);
    missing.push(...page.missing);
  }
  const deletedMeanwhile = await reconcile(run, parts, missing);
  const written = await parts.finish();
  const countWritten = written.reduce((sum, part) => sum + part.rows, 0);
  if (countWritten !== count - deletedMeanwhile || parts.digest.count !== countWritten)
    throw short(collection.name, `${count} at the source, ${deletedMeanwhile} deleted meanwhile, ${countWritten} written`);
  const { tenant, database, name, id: sourceId, dimension, space, metadataJson, configurationJson, schemaJson } = collection;
  return {
    ...{ tenant, database, name, sourceId, dimension, space, metadataJson, configurationJson, schemaJson },
    ...{ countAtSource: count, deletedMeanwhile, countWritten },
    ...parts.digest.result(),
    parts: [...written],
  };
};

/** Writes go on while a collection is listed; then its count and its list differ for a moment. */
const LISTING_ATTEMPTS = 5;

/** All ids, with a count that the server gave independently of the list and that equals it. */
const listIds = async (client: ExportSource, { id, name }: ChromaCollection): Promise<{ ids: readonly string[]; count: number }> => {
  const seen: string[] = [];
  for (let attempt = 1; attempt <= LISTING_ATTEMPTS; attempt += 1) {
    const before = await client.count(id);
    const ids = await client.ids(id);
    const after = await client.count(id);
    const distinct = new Set(ids).size;
    // Between the two counts: records came or went while the ids were read.
    if (distinct === ids.length && distinct >= Math.min(before, after) && distinct <= Math.max(before, after))
      return { ids, count: distinct };
    seen.push(`${distinct} ids, count ${before} before and ${after} after`);
  }
  throw short(name, seen.join("; "));
};

/**
 * Ids that were listed and not answered. Those that the server no longer lists were deleted meanwhile and are no part of the
 * point. Those that it still lists are read once more; what is missing even then is a server that withholds records.
 */
const reconcile = async (run: CollectionExport, parts: PartWriter, missing: readonly string[]): Promise<number> => {
  const { client, collection } = run;
  if (missing.length === 0) return 0;
  const listed = new Set(await client.ids(collection.id));
  const stillThere = missing.filter((id) => listed.has(id));
  const withheld: string[] = [];
  for await (const page of readPages(client, collection.id, stillThere)) {
    await parts.add(page.records);
    withheld.push(...page.missing);
  }
  if (withheld.length === 0) return missing.length - stillThere.length;
  const again = new Set(await client.ids(collection.id));
  const kept = withheld.filter((id) => again.has(id));
  if (kept.length > 0)
    throw short(collection.name, `${kept.length} listed records were not returned, the first is ${JSON.stringify(kept[0])}`);
  return missing.length - stillThere.length + withheld.length;
};

const short = (name: string, received: string): LifeboatError =>
  new LifeboatError({
    code: "short-export",
    what: `The export of collection "${name}" would be short; no manifest was written`,
    received,
    allowed: "as many records written as the source counts, less those deleted meanwhile",
    hint: "It is tried again at the next run; if it fails each time, check the server's index and its disk",
  });
