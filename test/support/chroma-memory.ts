import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChromaCollection } from "../../lambdas/chroma/client";
import { type ExportSource, exportChroma } from "../../lambdas/chroma-export/export";
import { noDeadline } from "../../lambdas/shared/deadline";
import type { ObjectStore } from "../../lambdas/shared/objects";
import type { ChromaRecord } from "../../recovery/chroma/record";
import { directoryObjects } from "./directory-objects";

const COLLECTION: ChromaCollection = {
  ...{ id: "c-1", name: "many", tenant: "t", database: "d", dimension: 64, space: "l2" },
  ...{ metadataJson: null, configurationJson: "{}", schemaJson: null },
};

const recordOf = (id: string): ChromaRecord => ({
  ...{ id, document: `document ${id}`, metadata: `{"of":"${id}"}`, uri: null },
  embedding: Float32Array.from({ length: 64 }, (_, index) => Number(id) + index),
});

/** A server of so many records that holds none of them: it makes what it is asked for. */
const endless = (count: number): ExportSource => {
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
      existing: async (_id, ids) => [...ids],
      contents: async (_id, ids) => ids.map(recordOf),
      embeddings: async (_id, ids) => ids.map(recordOf),
      nearest: async (_id, embeddings) => embeddings.map(() => []),
    }),
  };
};

/** The most that was alive at any write: after a collection of garbage, so that what could go does not count. Bytes. */
const watched = (store: ObjectStore): ObjectStore & { readonly peak: () => number } => {
  let peak = 0;
  return {
    ...store,
    peak: () => peak,
    put: async (key, body, options) => {
      globalThis.gc?.();
      const { heapUsed, external } = process.memoryUsage();
      peak = Math.max(peak, heapUsed + external);
      return store.put(key, body, options);
    },
  };
};

/** `chroma-memory.ts RECORDS`, with `--expose-gc`: exports so many records and prints the peak. */
const main = async ([count = "0"]: readonly string[]): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), "lifeboat-memory-"));
  try {
    const staging = watched(directoryObjects(directory));
    const { records } = await exportChroma({
      ...{ system: "acme", server: endless(Number(count)), tenants: ["t"], staging, random: "0000", checkDeadline: noDeadline },
      now: () => new Date(0),
      pieceRecords: 2500,
      sizes: { idsAtOnce: 2500, overlap: 100 },
    });
    process.stdout.write(JSON.stringify({ records, peak: staging.peak() }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown);
  process.exitCode = 1;
});
