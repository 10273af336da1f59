import { endianness } from "node:os";
import { isLosslessNumber, parse } from "lossless-json";
import { SetDigest } from "../checksum";

/**
 * One Chroma record, lossless. `metadata` is the server's own JSON text: JavaScript numbers would turn 1.0 into 1 and round
 * 9007199254740993, which changes types and values at a restore.
 */
export interface ChromaRecord {
  readonly id: string;
  readonly embedding: Float32Array | null;
  readonly document: string | null;
  readonly metadata: string | null;
  readonly uri: string | null;
}

/**
 * Metadata with sorted keys and untouched numbers: the text that digests are taken of. No metadata and an empty object are one:
 * Chroma answers either for the same record, as it has a URI or not.
 */
export const canonicalMetadata = (text: string | null): string => {
  const whole = text === null ? "null" : canonical(parse(text));
  return whole === "{}" ? "null" : whole;
};

const canonical = (value: unknown): string => {
  if (isLosslessNumber(value)) return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(",")}}`;
};

/** Little-endian float32 bytes, whatever the machine's order. */
export const embeddingBytes = (embedding: Float32Array | null): Uint8Array => {
  if (embedding === null) return new Uint8Array();
  if (endianness() === "LE") return new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength);
  const bytes = new Uint8Array(embedding.length * 4);
  const view = new DataView(bytes.buffer);
  embedding.forEach((value, index) => {
    view.setFloat32(index * 4, value, true);
  });
  return bytes;
};

/**
 * The two digests of a collection. They stand apart because a cosine collection's embeddings are normalised again at each
 * import and drift by up to 1.3e-7 (measured with Chroma 1.5.9), while everything else is kept exactly.
 */
export class CollectionDigest {
  private readonly content = new SetDigest();
  private readonly embeddings = new SetDigest();

  add(record: ChromaRecord): void {
    this.content.add(record.id, JSON.stringify(record.document), canonicalMetadata(record.metadata), JSON.stringify(record.uri));
    this.embeddings.add(record.id, embeddingBytes(record.embedding));
  }

  get count(): number {
    return this.content.count;
  }

  result(): { readonly contentDigest: string; readonly embeddingsDigest: string } {
    return { contentDigest: this.content.hex(), embeddingsDigest: this.embeddings.hex() };
  }
}
