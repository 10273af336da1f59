import type { ChromaClient, ChromaCollection } from "../../lambdas/chroma/client";
import type { ExportSource } from "../../lambdas/chroma-export/export";
import type { ImportOptions } from "../../lambdas/chroma-import/import";
import type { ChromaRecord } from "../../recovery/chroma/record";
import { embeddingsAnswer } from "./chroma-data";

// Chroma servers of any number of records that hold none of them: what is seen of a function's memory is the function's own.
const DIMENSION = 128;
/** What a record holds at least: its vector. */
export const RECORD_BYTES = DIMENSION * 4;

const COLLECTION: ChromaCollection = {
  ...{ id: "c-1", name: "many", tenant: "t", database: "d", dimension: DIMENSION, space: "l2" },
  ...{ metadataJson: null, configurationJson: "{}", schemaJson: null },
};

/** Of components that are short to spell: the server's JSON would take most of the time. */
const vectorOf = (id: number): Float32Array => {
  const vector = new Float32Array(DIMENSION).fill(1);
  vector[0] = id;
  return vector;
};

/** The record of an id is always the same. */
const recordOf = (id: string): ChromaRecord => ({
  ...{ id, document: `document ${id}`, metadata: `{"of":"${id}"}`, uri: null },
  embedding: vectorOf(Number(id)),
});

export const endlessSource = (count: number): ExportSource => {
  const range = (offset: number, limit: number): string[] =>
    Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, index) => String(offset + index));
  return {
    version: async () => "1.0.0",
    hasTenant: async () => true,
    databases: async () => ["d"],
    collectionCount: async () => 1,
    database: () => ({
      collections: async () => [COLLECTION],
      count: async () => count,
      ids: async () => range(0, count),
      idsFrom: async (_id, offset, limit) => range(offset, limit),
      isGone: async () => false,
      rest: async () => {},
      contents: async (_id, ids) => ids.map(recordOf),
      embeddings: async (_id, ids) => embeddingsAnswer(ids.map(recordOf)),
      nearest: async (_id, embeddings) => embeddings.map(() => []),
    }),
  };
};

const unused = (): never => {
  throw new Error("a new server is not asked for this");
};

/** A new server that takes records, counts them and forgets them. `seen` is called whenever it is given some or asked for some. */
export const endlessTarget = (seen: () => void): ImportOptions["server"] => {
  let held = 0;
  let named: ChromaCollection | undefined;
  const database: ChromaClient = {
    version: async () => "1.0.0",
    maxBatchSize: async () => 5000,
    collections: async () => (named === undefined ? [] : [named]),
    collection: async (name) => (named?.name === name ? named : undefined),
    isGone: async () => false,
    rest: async () => {},
    count: async () => held,
    create: async ({ name }) => {
      named = { ...COLLECTION, name };
      return named;
    },
    add: async (_id, records) => {
      seen();
      held += records.length;
    },
    records: async (_id, ids) => {
      seen();
      return ids.map(recordOf);
    },
    rename: async (_id, name) => {
      named = { ...COLLECTION, name };
    },
    nearest: async (_id, embeddings) => embeddings.map(() => [{ id: "0", distance: 0 }]),
    ...{ ids: unused, idsFrom: unused, existing: unused, contents: unused, embeddings: unused, remove: unused },
  };
  return {
    version: async () => "1.0.0",
    hasTenant: async () => true,
    databases: async () => ["d"],
    createTenant: async () => {},
    createDatabase: async () => {},
    database: () => database,
  };
};
