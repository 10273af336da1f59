import { chunks } from "../../lambdas/chroma/batches";
import { chromaClient } from "../../lambdas/chroma/client";
import type { ChromaRecord } from "../../recovery/chroma/record";

const TENANT = "default_tenant";

/** A database of its own is a new server to whoever is given only it. */
export const newDatabase = async (url: string, name: string): Promise<string> => {
  const response = await fetch(`${url}/api/v2/tenants/${TENANT}/databases`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name }),
  });
  if (!response.ok) throw new Error(`database ${name}: HTTP ${response.status}`);
  return name;
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

export const seed = async (url: string, database: string, collections: readonly Seed[]): Promise<void> => {
  const client = chromaClient({ url, database });
  for (const { name, space, records, metadataJson = null, schemaJson } of collections) {
    const configurationJson = `{"hnsw":{"space":"${space}","ef_search":77}}`;
    const made = await client.create({ name, metadataJson, shape: schemaJson === undefined ? { configurationJson } : { schemaJson } });
    for (const batch of chunks(records, 1000)) await client.add(made.id, batch);
  }
};

/** Deletes records as an application does. */
export const removeRecords = async (url: string, database: string, collectionId: string, ids: readonly string[]): Promise<void> => {
  const response = await fetch(`${url}/api/v2/tenants/${TENANT}/databases/${database}/collections/${collectionId}/delete`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ids }),
  });
  if (!response.ok) throw new Error(`delete: HTTP ${response.status}`);
};

/** The server's own text for one record, asked over plain HTTP; metadata's keys are sorted, since the server shuffles them. */
export const rawAnswer = async (url: string, database: string, collection: string, recordId: string): Promise<string> => {
  const base = `${url}/api/v2/tenants/${TENANT}/databases/${database}/collections`;
  const found: { id: string } = JSON.parse(await (await fetch(`${base}/${collection}`)).text());
  const response = await fetch(`${base}/${found.id}/get`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ids: [recordId], include: ["documents", "metadatas", "uris", "embeddings"] }),
  });
  const sortFields = (object: string): string => object.slice(1, -1).split(",").sort().join();
  return (await response.text()).replace(/\{(?!"ids").*?\}(?=\])/, sortFields);
};
