import { type ChromaRecord, embeddingBytes } from "../../recovery/chroma/record";
import { LifeboatError } from "../../recovery/errors";
import { respellDoubles } from "./doubles";
import { MAX_BODY_BYTES } from "./http";

export interface NewCollection {
  readonly name: string;
  readonly metadataJson: string | null;
  /** What shapes its index. The server refuses a configuration and a schema together. */
  readonly shape: { readonly configurationJson: string } | { readonly schemaJson: string };
}

/** The server's texts are spliced in as they are, so that 1.0 stays a float and a large integer stays whole. */
export const createBody = ({ name, metadataJson, shape }: NewCollection): string => {
  const shaped = "schemaJson" in shape ? `"schema":${shape.schemaJson}` : `"configuration":${shape.configurationJson}`;
  return `{"name":${JSON.stringify(name)},${shaped},"metadata":${metadataJson === null ? "null" : respellDoubles(metadataJson)}}`;
};

export const idsText = (ids: readonly string[]): string => JSON.stringify(ids);

/** Embeddings travel as base64 of little-endian float32: exact, and a third of their decimal text. */
export const addBody = (records: readonly ChromaRecord[]): string => {
  const column = (of: (record: ChromaRecord) => string): string => `[${records.map(of).join(",")}]`;
  const body = [
    `{"ids":${column(({ id }) => JSON.stringify(id))}`,
    `"embeddings":${column(({ id, embedding }) => `"${base64(id, embedding)}"`)}`,
    `"documents":${column(({ document }) => JSON.stringify(document))}`,
    `"metadatas":${column(({ metadata }) => (metadata === null ? "null" : respellDoubles(metadata)))}`,
    `"uris":${column(({ uri }) => JSON.stringify(uri))}}`,
  ].join(",");
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) throw tooLarge(records);
  return body;
};

const base64 = (id: string, embedding: Float32Array | null): string => {
  if (embedding !== null) return Buffer.from(embeddingBytes(embedding)).toString("base64");
  throw new LifeboatError({
    code: "unsupported",
    what: "A record without an embedding cannot be added",
    received: `id ${JSON.stringify(id)}`,
    allowed: "records with an embedding each",
    hint: "The recovery point is of a server that this release does not support",
  });
};

const tooLarge = (records: readonly ChromaRecord[]): LifeboatError =>
  new LifeboatError({
    code: "unsupported",
    what: "A batch of records is larger than Chroma takes",
    received: `${records.length} records from id ${JSON.stringify(records[0]?.id)} on`,
    allowed: `${MAX_BODY_BYTES / 1024 / 1024} MiB a request`,
    hint: "Send fewer records at a time",
  });
