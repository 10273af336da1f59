import type { ChromaClient, ChromaCollection } from "../chroma/client";

/** The restored vectors, as validation asks for them. A collection that does not exist is undefined. */
export interface RestoredChroma {
  count(collection: string): Promise<number | undefined>;
  ids(collection: string): Promise<readonly string[] | undefined>;
  metadata(collection: string, ids: readonly string[]): Promise<readonly { readonly id: string; readonly metadata: string | null }[]>;
}

/** On a real server. Collections are looked up once: a restore is finished before it is validated. */
export const restoredChroma = (client: Pick<ChromaClient, "collection" | "count" | "ids" | "contents">): RestoredChroma => {
  const known = new Map<string, Promise<ChromaCollection | undefined>>();
  const find = (name: string): Promise<ChromaCollection | undefined> => {
    const found = known.get(name) ?? client.collection(name);
    known.set(name, found);
    return found;
  };
  const ofId = async <T>(name: string, ask: (id: string) => Promise<T>): Promise<T | undefined> => {
    const collection = await find(name);
    return collection === undefined ? undefined : ask(collection.id);
  };
  return {
    count: (name) => ofId(name, (id) => client.count(id)),
    ids: (name) => ofId(name, (id) => client.ids(id)),
    metadata: async (name, ids) => (await ofId(name, (id) => client.contents(id, ids))) ?? [],
  };
};
