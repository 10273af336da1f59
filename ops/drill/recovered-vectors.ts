import { parse, stringify } from "lossless-json";
import * as z from "zod";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { embeddingDigest, recordDigest } from "../../recovery/evidence/digest";
import { writeKey } from "../../recovery/evidence/ledger";

/** A record as the recovered server gives it. It is read by code of its own: what restored the data must not be what judges it. */
interface RecoveredVector {
  readonly id: string;
  readonly document: string | null;
  /** JSON text with the server's own numbers. */
  readonly metadata: string | null;
  readonly embedding: Float32Array;
}

interface RecoveredCollection {
  readonly name: string;
  readonly space: string;
  /** Pages of records: the ids are listed first, because paging by offset misses records under concurrent writes. */
  pages(): AsyncGenerator<readonly RecoveredVector[]>;
}

/** What is known of a recovered vector, by `writeKey`. */
export interface SeenVector {
  readonly collection: string;
  readonly id: string;
  /** The object that it points to. */
  readonly objectKey: string;
  readonly digest: string;
  readonly embeddingDigest: string;
  readonly space: string;
  /** The largest difference of one value from the embedding of the recovered document. */
  readonly drift: number;
}
export type SeenVectors = ReadonlyMap<string, SeenVector>;

/** Reads every vector of a server back, page by page: what stays in memory is digests. */
export const readVectors = async (url: string, embed: (document: string) => Float32Array): Promise<SeenVectors> => {
  const seen = new Map<string, SeenVector>();
  for (const { name: collection, space, pages } of await recoveredCollections(url)) {
    for await (const page of pages()) {
      for (const { id, document, metadata, embedding } of page) {
        seen.set(writeKey({ store: "chroma", collection, key: id }), {
          collection,
          id,
          space,
          objectKey: objectKeyOf(metadata),
          digest: recordDigest({ id, document, metadata }),
          embeddingDigest: embeddingDigest(embedding),
          drift: driftOf(embedding, embed(document ?? "")),
        });
      }
    }
  }
  return seen;
};

const objectKeyOf = (metadata: string | null): string => {
  const fields: unknown = metadata === null ? null : JSON.parse(metadata);
  return typeof fields === "object" && fields !== null && "object_key" in fields ? String(fields.object_key) : "";
};

const driftOf = (actual: Float32Array, expected: Float32Array): number =>
  actual.length === expected.length
    ? actual.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (expected[index] ?? Number.NaN))), 0)
    : Number.POSITIVE_INFINITY;

const IDS_PER_PAGE = 1000;
const TIMEOUT_MS = 60_000;

const Collections = z.array(
  z.object({ id: z.string(), name: z.string(), configuration_json: z.object({ hnsw: z.object({ space: z.string() }).nullish() }) }),
);
const Ids = z.object({ ids: z.array(z.string()) });
const Embeddings = z.object({ ids: z.array(z.string()), embeddings: z.array(z.array(z.number())) });
const Contents = z.object({ ids: z.array(z.string()), documents: z.array(z.string().nullable()), metadatas: z.array(z.unknown()) });

/** The collections of a Chroma server's default database. */
const recoveredCollections = async (url: string): Promise<readonly RecoveredCollection[]> => {
  const base = `${url.replace(/\/$/, "")}/api/v2/tenants/default_tenant/databases/default_database/collections`;
  const collections = Collections.parse(JSON.parse(await request(`${base}?limit=1000`)));
  return collections.map(({ id, name, configuration_json }) => ({
    name,
    space: configuration_json.hnsw?.space ?? "unknown",
    pages: () => pagesOf(`${base}/${id}/get`),
  }));
};

async function* pagesOf(get: string): AsyncGenerator<readonly RecoveredVector[]> {
  const { ids } = Ids.parse(JSON.parse(await request(get, { include: [] })));
  for (let start = 0; start < ids.length; start += IDS_PER_PAGE) {
    const page = { ids: ids.slice(start, start + IDS_PER_PAGE) };
    // Two requests, because only metadata needs the slow parser that leaves numbers as they are.
    const [embeddings, contents] = await Promise.all([
      request(get, { ...page, include: ["embeddings"] }).then((text) => Embeddings.parse(JSON.parse(text))),
      request(get, { ...page, include: ["documents", "metadatas"] }).then((text) => Contents.parse(parse(text))),
    ]);
    const vectors = new Map(embeddings.ids.map((id, index) => [id, Float32Array.from(embeddings.embeddings[index] ?? [])]));
    yield contents.ids.flatMap((id, index) => {
      const embedding = vectors.get(id);
      // Deleted between the two requests by the application at work.
      if (embedding === undefined) return [];
      const metadata = contents.metadatas[index];
      return [
        { id, document: contents.documents[index] ?? null, metadata: metadata == null ? null : (stringify(metadata) ?? null), embedding },
      ];
    });
  }
}

const request = async (url: string, body?: object): Promise<string> => {
  try {
    const response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: { "content-type": "application/json" },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.ok) return text;
    throw new Error(`${response.status} ${text.slice(0, 200)}`);
  } catch (cause) {
    throw new LifeboatError({
      code: "store-unavailable",
      what: `The recovered Chroma could not be read at ${url}`,
      received: messageOf(cause),
      hint: "The recovery is not proven until it can be read back: look at the server's pod and its log",
      cause,
    });
  }
};
