import { type ChromaEmbedding, EmbeddingsAnswer } from "../../lambdas/chroma/answers";
import { chunks } from "../../lambdas/chroma/batches";
import type { ChromaClient } from "../../lambdas/chroma/client";
import type { ChromaServer } from "../../lambdas/chroma/server";
import type { ChromaRecord } from "../../recovery/chroma/record";

export const TENANT = "default_tenant";
export const DATABASE = "default_database";

/** What a new server has: the default tenant with its default database. */
export const furnish = async (server: ChromaServer): Promise<ChromaClient> => {
  await server.createTenant(TENANT);
  await server.createDatabase(TENANT, DATABASE);
  return server.database(TENANT, DATABASE);
};

/** A small generator with a seed (mulberry32): the same data in each run. */
export const randomFrom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

/** What clients, parsers and JavaScript's numbers change: types, large integers, doubles without a short spelling, quotes. */
const ODD_METADATA = [
  null,
  '{"float":1.0,"whole":1,"large":9007199254740993,"yes":true,"no":false}',
  '{"ключ":"значение","emoji 😀":"\\u0000 \\"quoted\\" back\\\\slash }],[{","ha#sh":"x"}',
  '{"tiny":8.247475118225734e-8,"third":0.30000000000000004,"huge":1.2345678901234567e200,"negative":-1.9839135438659550e-9}',
  '{"list":[1,2,3],"words":["a","b"],"floats":[1.0,2.5]}',
] as const;
const ODD_DOCUMENTS = [null, "", "plain", 'ünïcode 😀 "quoted" \\ \n\t ]} ', "x".repeat(2000)] as const;
const ODD_URIS = [null, null, "s3://bucket/key", ""] as const;

export const oddRecords = (count: number, dimension: number, seed: number): ChromaRecord[] => {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, index) => ({
    id: `${index % 7 === 0 ? "ид-" : "id-"}${index}`,
    embedding: Float32Array.from({ length: dimension }, () => (random() * 2 - 1) * (index % 5 === 0 ? 1e-3 : 1)),
    document: ODD_DOCUMENTS[index % ODD_DOCUMENTS.length] ?? null,
    metadata: ODD_METADATA[Math.floor(index / 2) % ODD_METADATA.length] ?? null,
    uri: ODD_URIS[index % ODD_URIS.length] ?? null,
  }));
};

export interface Seed {
  readonly name: string;
  readonly space: "l2" | "cosine" | "ip";
  readonly records: readonly ChromaRecord[];
  readonly metadataJson?: string;
  /** In place of a configuration. */
  readonly schemaJson?: string;
}

export const seed = async (client: ChromaClient, collections: readonly Seed[]): Promise<void> => {
  for (const { name, space, records, metadataJson = null, schemaJson } of collections) {
    const configurationJson = `{"hnsw":{"space":"${space}","ef_search":77}}`;
    const made = await client.create({ name, metadataJson, shape: schemaJson === undefined ? { configurationJson } : { schemaJson } });
    for (const batch of chunks(records, 1000)) await client.add(made.id, batch);
  }
};

const changeRecords = async (url: string, collectionId: string, what: "update" | "delete", body: unknown): Promise<void> => {
  const response = await fetch(`${url}/api/v2/tenants/${TENANT}/databases/${DATABASE}/collections/${collectionId}/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${what}: HTTP ${response.status}`);
};

/** An answer of a server to a question for embeddings. */
export const embeddingsAnswer = (rows: readonly ChromaEmbedding[]): EmbeddingsAnswer => {
  const embeddings = rows.map(({ embedding }) => (embedding === null ? null : [...embedding]));
  return new EmbeddingsAnswer(Buffer.from(JSON.stringify({ ids: rows.map(({ id }) => id), embeddings })));
};

/** Deletes records as an application does. */
export const removeRecords = (url: string, collectionId: string, ids: readonly string[]): Promise<void> =>
  changeRecords(url, collectionId, "delete", { ids });

/** Changes a record as an application does. */
export const updateRecord = (url: string, collectionId: string, { id, embedding, document, metadata }: ChromaRecord): Promise<void> =>
  changeRecords(url, collectionId, "update", {
    ids: [id],
    embeddings: [[...(embedding ?? [])]],
    documents: [document],
    metadatas: [JSON.parse(metadata ?? "null")],
  });

/** The server's own text for one record, asked over plain HTTP; metadata's keys are sorted, since the server shuffles them. */
export const rawAnswer = async (url: string, collectionId: string, recordId: string): Promise<string> => {
  const response = await fetch(`${url}/api/v2/tenants/${TENANT}/databases/${DATABASE}/collections/${collectionId}/get`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ids: [recordId], include: ["documents", "metadatas", "uris", "embeddings"] }),
  });
  const sortFields = (object: string): string => object.slice(1, -1).split(",").sort().join();
  return (await response.text()).replace(/\{(?!"ids").*?\}(?=\])/, sortFields);
};
