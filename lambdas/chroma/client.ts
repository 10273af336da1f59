import { setTimeout as delay } from "node:timers/promises";
import type { ChromaRecord } from "../../recovery/chroma/record";
import { LifeboatError } from "../../recovery/errors";
import {
  type ChromaCollection,
  type ChromaContent,
  collectionOf,
  collectionsOf,
  contentsOf,
  EmbeddingsAnswer,
  idsOf,
  type Neighbour,
  nearestOf,
  recordsOf,
} from "./answers";
import { addBody, createBody, idsText, type NewCollection } from "./bodies";
import { type Answer, type Call, type HttpOptions, jsonOverHttp } from "./http";

export type { ChromaCollection, ChromaContent, ChromaEmbedding, EmbeddingsAnswer, Neighbour } from "./answers";
export type { NewCollection } from "./bodies";

export const DEFAULT_TENANT = "default_tenant";
export const DEFAULT_DATABASE = "default_database";

export interface ChromaOptions extends HttpOptions {
  readonly url: string;
  readonly tenant?: string;
  readonly database?: string;
}

/** One database of a Chroma server, lossless: metadata and configuration stay the server's own JSON text, embeddings are float32. */
export interface ChromaClient {
  /** What the server says: "1.0.0" whatever its release (measured with 1.5.9). */
  version(): Promise<string>;
  /** The most records that one `add` may carry. */
  maxBatchSize(): Promise<number>;
  collections(): Promise<ChromaCollection[]>;
  collection(name: string): Promise<ChromaCollection | undefined>;
  /**
   * Whether the server says of this collection that it does not exist, by its id, which a renamed one keeps. Both the collection itself and the
   * database's list are asked: a 404 alone may be that of a gateway, or of a release without the route, and says nothing.
   * https://github.com/chroma-core/chroma/blob/1.5.9/rust/frontend/src/server.rs (collections/by-id)
   */
  isGone(collectionId: string): Promise<boolean>;
  count(collectionId: string): Promise<number>;
  /** All ids in one answer: offset paging misses rows under deletes. At most MAX_IDS. */
  ids(collectionId: string): Promise<string[]>;
  /**
   * Ids from a position on, in the order in which the records were first written, which an update does not change: a deletion shifts what follows.
   * https://github.com/chroma-core/chroma/blob/1.5.9/rust/segment/src/sqlite_metadata.rs (order by embeddings.id)
   */
  idsFrom(collectionId: string, offset: number, limit: number): Promise<string[]>;
  /** Those of the given ids that exist. At most MAX_IDS_PER_GET. */
  existing(collectionId: string, ids: readonly string[]): Promise<string[]>;
  /** Those of the given records that exist, in the server's order. At most MAX_IDS_PER_GET ids. */
  records(collectionId: string, ids: readonly string[]): Promise<ChromaRecord[]>;
  /** The same without embeddings: a tenth of the bytes. */
  contents(collectionId: string, ids: readonly string[]): Promise<ChromaContent[]>;
  /** Waits: what a reading found in the server's tables is in its index some time later, and nothing tells when. */
  rest(milliseconds: number): Promise<void>;
  /** Their embeddings alone. */
  embeddings(collectionId: string, ids: readonly string[]): Promise<EmbeddingsAnswer>;
  create(collection: NewCollection): Promise<ChromaCollection>;
  /** Adds records. The server ignores ids that exist: add to new collections only. */
  add(collectionId: string, records: readonly ChromaRecord[]): Promise<void>;
  rename(collectionId: string, name: string): Promise<void>;
  /** Removes a collection by name; one that does not exist is removed already. */
  remove(name: string): Promise<void>;
  /** For each vector the nearest records, nearest first, as the index finds them. */
  nearest(collectionId: string, embeddings: readonly Float32Array[], limit: number): Promise<Neighbour[][]>;
}

/** The server answers 500 from 32,766 ids on (SQLite's limit of variables). */
export const MAX_IDS_PER_GET = 32_000;
/** A million ids of 36 characters are 0.2 GB while they are listed and compared: what a function of 1 GB can spare beside its parts. */
export const MAX_IDS = 1_000_000;
const COLLECTIONS_PER_PAGE = 100;

export const chromaClient = ({ url, tenant = DEFAULT_TENANT, database = DEFAULT_DATABASE, ...http }: ChromaOptions): ChromaClient => {
  const call = jsonOverHttp(`${url.replace(/\/+$/, "")}/api/v2`, http);
  const base = `/tenants/${encodeURIComponent(tenant)}/databases/${encodeURIComponent(database)}/collections`;
  const read = (path: string): Promise<Answer> => call({ method: "GET", path, repeatable: true });
  const ask = (id: string, what: string, body: string): Promise<Answer> =>
    call({ method: "POST", path: `${base}/${id}/${what}`, body, repeatable: true });
  const change = (method: Call["method"], path: string, body?: string): Promise<Answer> => call({ method, path, body, repeatable: false });

  const count = async (id: string): Promise<number> => numberOf(await read(`${base}/${id}/count`));
  const pageOfCollections = async (offset: number) =>
    collectionsOf((await read(`${base}?limit=${COLLECTIONS_PER_PAGE}&offset=${offset}`)).body);

  const collections = async (): Promise<ChromaCollection[]> => {
    // By name: a collection that is made or removed meanwhile shifts the pages.
    const found = new Map<string, ChromaCollection>();
    for (let offset = 0; ; offset += COLLECTIONS_PER_PAGE) {
      const page = await pageOfCollections(offset);
      for (const collection of page) found.set(collection.name, collection);
      if (page.length < COLLECTIONS_PER_PAGE) return [...found.values()];
    }
  };

  return {
    count,
    collections,
    isGone: async (id) => {
      const answer = await call({ method: "GET", path: `${base}/by-id/${id}`, repeatable: true, accept: [404] });
      return answer.status === 404 && saysNotFound(answer, id) && (await collections()).every((collection) => collection.id !== id);
    },
    version: async () => String(JSON.parse((await read("/version")).body.toString())),
    maxBatchSize: async () => {
      const found = /"max_batch_size"\s*:\s*(\d+)/.exec((await read("/pre-flight-checks")).body.toString())?.[1];
      return found === undefined ? 1000 : Number(found);
    },
    collection: async (name) => {
      const path = `${base}/${encodeURIComponent(name)}`;
      const answer = await call({ method: "GET", path, repeatable: true, accept: [404] });
      return answer.status === 404 ? undefined : collectionOf(answer.body);
    },
    ids: async (id) => {
      const expected = await count(id);
      if (expected > MAX_IDS) throw tooManyIds(expected);
      return idsOf((await ask(id, "get", '{"include":[]}')).body);
    },
    idsFrom: async (id, offset, limit) => idsOf((await ask(id, "get", `{"include":[],"offset":${offset},"limit":${limit}}`)).body),
    existing: async (id, ids) => idsOf((await ask(id, "get", `{"ids":${idsText(ids)},"include":[]}`)).body),
    records: async (id, ids) => {
      const body = `{"ids":${idsText(ids)},"include":["embeddings","documents","metadatas","uris"]}`;
      return recordsOf((await ask(id, "get", body)).body);
    },
    contents: async (id, ids) =>
      contentsOf((await ask(id, "get", `{"ids":${idsText(ids)},"include":["documents","metadatas","uris"]}`)).body),
    rest: async (milliseconds) => {
      await (http.sleep ?? delay)(milliseconds);
    },
    embeddings: async (id, ids) => new EmbeddingsAnswer((await ask(id, "get", `{"ids":${idsText(ids)},"include":["embeddings"]}`)).body),
    create: async (collection) => collectionOf((await change("POST", base, createBody(collection))).body),
    // Repeating an add is safe: the server ignores the ids that the first attempt brought.
    add: async (id, records) => {
      if (records.length > 0) await ask(id, "add", addBody(records));
    },
    rename: async (id, name) => {
      await change("PUT", `${base}/${id}`, JSON.stringify({ new_name: name }));
    },
    remove: async (name) => {
      await call({ method: "DELETE", path: `${base}/${encodeURIComponent(name)}`, repeatable: true, accept: [404] });
    },
    nearest: async (id, embeddings, limit) => {
      const questions = embeddings.map((embedding) => `[${embedding.join(",")}]`);
      const body = `{"query_embeddings":[${questions.join(",")}],"n_results":${limit},"include":["distances"]}`;
      return nearestOf((await ask(id, "query", body)).body);
    },
  };
};

/** `{"error":"NotFoundError","message":"Collection [<id>] does not exist"}` */
const saysNotFound = ({ body }: Answer, id: string): boolean => {
  const text = body.toString();
  return text.includes('"NotFoundError"') && text.includes(id);
};

const numberOf = ({ body }: Answer): number => Number(body.toString());

const tooManyIds = (count: number): LifeboatError =>
  new LifeboatError({
    code: "unsupported",
    what: "A collection is too large for one function to list",
    received: `${count} records`,
    allowed: `${MAX_IDS} at most`,
    hint: "Protect it by snapshots of the server's volume, or split the collection",
  });
