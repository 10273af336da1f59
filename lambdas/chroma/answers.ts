import type { ChromaRecord } from "../../recovery/chroma/record";
import { LifeboatError } from "../../recovery/errors";
import { readEmbeddings } from "./floats";
import { broken, elementsOf, fieldsOf, type Slice, textOf, textOrNull } from "./json-slices";

/** A collection as the server describes it. `...Json` are the server's own texts. */
export interface ChromaCollection {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly database: string;
  readonly dimension: number | null;
  readonly space: "l2" | "cosine" | "ip";
  readonly metadataJson: string | null;
  readonly configurationJson: string;
  /** null where the release has no schemas. */
  readonly schemaJson: string | null;
}

export const collectionsOf = (body: Buffer): ChromaCollection[] => elementsOf(body, 0).map(({ start }) => collectionOf(body, start));

export const collectionOf = (body: Buffer, start = 0): ChromaCollection => {
  const fields = fieldsOf(body, start);
  const slice = (name: string): Slice => {
    const found = fields.get(name);
    if (found === undefined) throw broken(body, start);
    return found;
  };
  const text = (name: string): string => stringOf(body, slice(name));
  const dimension: unknown = JSON.parse(textOf(body, slice("dimension")));
  const schema = fields.get("schema");
  const configurationJson = textOf(body, slice("configuration_json"));
  return {
    id: text("id"),
    name: text("name"),
    tenant: text("tenant"),
    database: text("database"),
    dimension: typeof dimension === "number" ? dimension : null,
    space: spaceOf(text("name"), configurationJson),
    metadataJson: textOrNull(body, slice("metadata")),
    configurationJson,
    schemaJson: schema === undefined ? null : textOrNull(body, schema),
  };
};

const SPACES = ["l2", "cosine", "ip"] as const;

// Of "hnsw" (one server) and "spann" (distributed) one is null; the space stands in the other.
const spaceOf = (name: string, configurationJson: string): ChromaCollection["space"] => {
  const space = /"space"\s*:\s*"(\w+)"/.exec(configurationJson)?.[1];
  const known = SPACES.find((candidate) => candidate === space);
  if (known !== undefined) return known;
  throw new LifeboatError({
    code: "unsupported",
    what: `The distance of collection "${name}" is unknown, so its embeddings could not be verified`,
    received: configurationJson,
    allowed: SPACES.join(", "),
    hint: "Report the server's release: its collections are configured in a new way",
  });
};

export const idsOf = (body: Buffer): string[] => strings(body, fieldsOf(body, 0).get("ids"));

/** The records of a `get` answer. */
export const recordsOf = (body: Buffer): ChromaRecord[] => {
  const { fields, embeddings } = withEmbeddings(body);
  const contents = contentOf(body, fields);
  if (embeddings.length !== contents.length) throw unequal(contents.length, [embeddings.length]);
  return contents.map((content, row) => ({ ...content, embedding: embeddings[row] ?? null }));
};

/** A record's embedding alone. */
export type ChromaEmbedding = Pick<ChromaRecord, "id" | "embedding">;

/** The embeddings of a `get` answer, as the server spelled them: most answers need only be compared. */
export class EmbeddingsAnswer {
  constructor(private readonly body: Buffer) {}

  get sizeBytes(): number {
    return this.body.byteLength;
  }

  /** Whether the other answer holds the same records with the same embeddings in the same order. */
  equals(other: EmbeddingsAnswer): boolean {
    return this.body.equals(other.body);
  }

  rows(): ChromaEmbedding[] {
    const { fields, embeddings } = withEmbeddings(this.body);
    const ids = strings(this.body, fields.get("ids"));
    if (embeddings.length !== ids.length) throw unequal(ids.length, [embeddings.length]);
    return ids.map((id, row) => ({ id, embedding: embeddings[row] ?? null }));
  }
}

/** Embeddings are read in the same pass that finds where they end. */
const withEmbeddings = (body: Buffer) => {
  let embeddings: (Float32Array | null)[] = [];
  const fields = fieldsOf(body, 0, (name, at) => {
    if (name !== "embeddings") return undefined;
    const read = readEmbeddings(body, at);
    embeddings = read.rows;
    return read.end;
  });
  return { fields, embeddings };
};

/** A record but for its embedding. */
export type ChromaContent = Omit<ChromaRecord, "embedding">;

/** The contents of a `get` answer, with or without embeddings beside them. */
export const contentsOf = (body: Buffer): ChromaContent[] => contentOf(body, fieldsOf(body, 0));

const contentOf = (body: Buffer, fields: ReadonlyMap<string, Slice>): ChromaContent[] => {
  const ids = strings(body, fields.get("ids"));
  const documents = nullableStrings(body, fields.get("documents"));
  const uris = nullableStrings(body, fields.get("uris"));
  const metadatas = slices(body, fields.get("metadatas")).map((slice) => textOrNull(body, slice));
  const lengths = [documents, uris, metadatas].map((column) => column.length);
  if (lengths.some((length) => length !== ids.length)) throw unequal(ids.length, lengths);
  return ids.map((id, row) => ({ id, document: documents[row] ?? null, metadata: metadatas[row] ?? null, uri: uris[row] ?? null }));
};

/** A record that a query found, and how far it is by the collection's own measure. */
export interface Neighbour {
  readonly id: string;
  readonly distance: number;
}

/** A `query` answer: for each question the records found, nearest first. */
export const nearestOf = (body: Buffer): Neighbour[][] => {
  const fields = fieldsOf(body, 0);
  const distances = slices(body, fields.get("distances"));
  return slices(body, fields.get("ids")).map((row, question) => {
    const ids = strings(body, row);
    const measured = numbers(body, distances[question]);
    if (measured.length !== ids.length) throw unequal(ids.length, [measured.length]);
    return ids.map((id, rank) => ({ id, distance: measured[rank] ?? 0 }));
  });
};

const numbers = (body: Buffer, array: Slice | undefined): number[] => {
  const values: unknown = array === undefined ? undefined : JSON.parse(textOf(body, array));
  if (!Array.isArray(values)) throw broken(body, array?.start ?? 0);
  return values.map(Number);
};

/** The names of databases, as a tenant's list has them. */
export const databaseNamesOf = (body: Buffer): string[] =>
  elementsOf(body, 0).map(({ start }) => {
    const name = fieldsOf(body, start).get("name");
    if (name === undefined) throw broken(body, start);
    return stringOf(body, name);
  });

const slices = (body: Buffer, array: Slice | undefined): Slice[] => {
  if (array === undefined) throw broken(body, 0);
  return elementsOf(body, array.start);
};

// Strings hold no numbers: the native parser is exact here.
const nullableStrings = (body: Buffer, array: Slice | undefined): (string | null)[] => {
  const values: unknown = array === undefined ? undefined : JSON.parse(textOf(body, array));
  if (!Array.isArray(values)) throw broken(body, array?.start ?? 0);
  return values.map((value: unknown) => {
    if (value === null || typeof value === "string") return value;
    throw broken(body, array?.start ?? 0);
  });
};

const strings = (body: Buffer, array: Slice | undefined): string[] =>
  nullableStrings(body, array).map((text) => {
    if (text === null) throw broken(body, array?.start ?? 0);
    return text;
  });

const stringOf = (body: Buffer, slice: Slice): string => {
  const value: unknown = JSON.parse(textOf(body, slice));
  if (typeof value === "string") return value;
  throw broken(body, slice.start);
};

const unequal = (ids: number, lengths: readonly number[]): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: "Chroma answered columns of different lengths",
    received: `${ids} ids; columns of ${lengths.join(", ")}`,
    allowed: "as many of each",
    hint: "Read the collection with another client: its index may be damaged",
  });
