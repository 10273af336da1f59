import { LifeboatError, messageOf } from "../../recovery/errors";

/** Metadata as JSON text: JavaScript would write 1.0 as 1, and Chroma would make it an integer. */
export interface ChromaWrite {
  readonly id: string;
  readonly document: string;
  readonly metadataJson: string;
  readonly embedding: Float32Array;
}

export type Space = "cosine" | "l2";

/** The few calls of Chroma's API that an application makes. Every call fails after its time-out. */
export interface ChromaWriter {
  upsert(collection: string, records: readonly ChromaWrite[], timeoutMs: number): Promise<void>;
  delete(collection: string, ids: readonly string[], timeoutMs: number): Promise<void>;
  /** Makes the collection, without an embedding function, unless it exists. */
  ensureCollection(name: string, space: Space, timeoutMs: number): Promise<void>;
}

export type ChromaFactory = (url: string) => ChromaWriter;

const COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database/collections";

/** Plain HTTP: the JavaScript client offers default embedding functions and turns metadata into JavaScript numbers. */
export const chromaOverHttp: ChromaFactory = (url) => {
  const base = `${url.replace(/\/$/, "")}${COLLECTIONS}`;
  // A recovered collection has another id than the lost one, and another server's ids are unknown here: ids are kept for one server only.
  const ids = new Map<string, string>();

  const idOf = async (name: string, timeoutMs: number): Promise<string> => {
    const known = ids.get(name);
    if (known !== undefined) return known;
    const id = collectionId(await call("GET", `${base}/${encodeURIComponent(name)}`, undefined, timeoutMs));
    ids.set(name, id);
    return id;
  };
  const post = async (collection: string, verb: string, body: string, timeoutMs: number): Promise<void> => {
    await call("POST", `${base}/${await idOf(collection, timeoutMs)}/${verb}`, body, timeoutMs);
  };

  return {
    upsert: (collection, records, timeoutMs) => post(collection, "upsert", upsertBody(records), timeoutMs),
    delete: (collection, recordIds, timeoutMs) => post(collection, "delete", JSON.stringify({ ids: recordIds }), timeoutMs),
    ensureCollection: async (name, space, timeoutMs) => {
      const body = { name, get_or_create: true, configuration: { hnsw: { space } }, metadata: { made_by: "workload" } };
      ids.set(name, collectionId(await call("POST", base, JSON.stringify(body), timeoutMs)));
    },
  };
};

/** Embeddings travel as base64 of little-endian float32, which is exact and a quarter of their JSON. */
const upsertBody = (records: readonly ChromaWrite[]): string => {
  const fields = {
    ids: records.map((record) => record.id),
    documents: records.map((record) => record.document),
    embeddings: records.map((record) => base64(record.embedding)),
  };
  return `${JSON.stringify(fields).slice(0, -1)},"metadatas":[${records.map((record) => record.metadataJson).join(",")}]}`;
};

const base64 = (embedding: Float32Array): string => {
  const bytes = Buffer.alloc(embedding.length * 4);
  embedding.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes.toString("base64");
};

const call = async (method: "GET" | "POST", url: string, body: string | undefined, timeoutMs: number): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    body,
    headers: { "content-type": "application/json" },
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw unavailable(url, messageOf(error), error);
  });
  const text = await response.text();
  if (!response.ok) throw unavailable(url, `${response.status} ${text.slice(0, 200)}`);
  return text === "" ? undefined : JSON.parse(text);
};

const collectionId = (answer: unknown): string => {
  if (typeof answer === "object" && answer !== null && "id" in answer && typeof answer.id === "string") return answer.id;
  throw unavailable("the collection", `an answer without an id: ${JSON.stringify(answer)?.slice(0, 200)}`);
};

const unavailable = (what: string, received: string, cause?: unknown): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `Chroma did not take a request to ${what}`,
    received,
    hint: "The write is not acknowledged; the next one asks for the endpoints again",
    cause,
  });
