import type { ChromaCollection } from "../../../../lambdas/chroma/client";
import type { ExportSource } from "../../../../lambdas/chroma-export/export";
import type { ChromaRecord } from "../../../../recovery/chroma/record";
import { embeddingsAnswer } from "../../../support/chroma-data";

export const COLLECTION: ChromaCollection = {
  ...{ id: "c-1", name: "notes", tenant: "t", database: "d", dimension: 2, space: "l2" },
  ...{ metadataJson: null, configurationJson: '{"hnsw":{"space":"l2"}}', schemaJson: null },
};

export const recordsOf = (count: number, document = "d"): ChromaRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `r${index}`,
    embedding: Float32Array.of(index, 1),
    document,
    metadata: null,
    uri: null,
  }));

type Database = ReturnType<ExportSource["database"]>;

/** A server of one collection that holds these records; what a test overrides is how its database misbehaves. */
export const sourceOf = (held: readonly ChromaRecord[], misbehaves: Partial<Database> = {}): ExportSource => {
  const database: Database = {
    collections: async () => [COLLECTION],
    count: async () => held.length,
    ids: async () => held.map(({ id }) => id),
    idsFrom: async (_id, offset, limit) => held.slice(offset, offset + limit).map(({ id }) => id),
    isGone: async () => false,
    rest: async () => {},
    contents: async (_id, ids) => held.filter(({ id }) => ids.includes(id)),
    embeddings: async (_id, ids) => embeddingsAnswer(held.filter(({ id }) => ids.includes(id))),
    nearest: async (_id, embeddings, limit) => embeddings.map(() => held.slice(0, limit).map(({ id }, rank) => ({ id, distance: rank }))),
    ...misbehaves,
  };
  return {
    version: async () => "1.0.0",
    hasTenant: async (name) => name === "t",
    databases: async () => ["d"],
    collectionCount: async () => 1,
    database: () => database,
  };
};
