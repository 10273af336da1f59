import type { DatabasePath } from "../../recovery/chroma/manifest";
import { type ChromaClient, type ChromaCollection, DEFAULT_DATABASE, DEFAULT_TENANT } from "../chroma/client";
import type { ProbedCollection } from "./probes";

/**
 * The restored vectors, as validation asks for them. A collection that does not exist is undefined. References name collections of the default
 * database; a count may be of another one's.
 */
export interface RestoredChroma {
  count(collection: string, of?: DatabasePath): Promise<number | undefined>;
  /** All of them, page by page, so that memory is bounded by a page. */
  ids(collection: string): Promise<AsyncIterable<readonly string[]> | Iterable<readonly string[]> | undefined>;
  metadata(collection: string, ids: readonly string[]): Promise<readonly { readonly id: string; readonly metadata: string | null }[]>;
  /** What its index is asked by. */
  probed(collection: string, of: DatabasePath): Promise<ProbedCollection | undefined>;
}

type Database = Pick<ChromaClient, "collection" | "count" | "idsFrom" | "contents" | "records" | "nearest">;

const DEFAULT: DatabasePath = { tenant: DEFAULT_TENANT, database: DEFAULT_DATABASE };

/** As many as the server lists in some milliseconds, and no more than a `get` takes at once. */
const IDS_PER_PAGE = 1000;

/** By offsets: nothing is deleted on a server that nobody uses yet. */
async function* pagesOf(client: Database, collectionId: string): AsyncGenerator<readonly string[]> {
  for (let offset = 0; ; offset += IDS_PER_PAGE) {
    const page = await client.idsFrom(collectionId, offset, IDS_PER_PAGE);
    if (page.length > 0) yield page;
    if (page.length < IDS_PER_PAGE) return;
  }
}

/** On a real server. Collections are looked up once: a restore is finished before it is validated. */
export const restoredChroma = (server: { database(tenant: string, name: string): Database }): RestoredChroma => {
  const known = new Map<string, Promise<ChromaCollection | undefined>>();
  const find = (name: string, { tenant, database }: DatabasePath): Promise<ChromaCollection | undefined> => {
    const key = JSON.stringify([tenant, database, name]);
    const found = known.get(key) ?? server.database(tenant, database).collection(name);
    known.set(key, found);
    return found;
  };
  const ask = async <T>(name: string, of: DatabasePath, question: (client: Database, id: string) => Promise<T>): Promise<T | undefined> => {
    const collection = await find(name, of);
    return collection === undefined ? undefined : question(server.database(of.tenant, of.database), collection.id);
  };
  return {
    count: (name, of = DEFAULT) => ask(name, of, (client, id) => client.count(id)),
    ids: (name) => ask(name, DEFAULT, async (client, id) => pagesOf(client, id)),
    probed: (name, of) =>
      ask(name, of, async (client, id) => ({
        records: (ids) => client.records(id, ids),
        nearest: (vectors, limit) => client.nearest(id, vectors, limit),
      })),
    metadata: async (name, ids) => (await ask(name, DEFAULT, (client, id) => client.contents(id, ids))) ?? [],
  };
};
