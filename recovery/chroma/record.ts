import { endianness } from "node:os";
import { SetDigest } from "../checksum";
import { canonicalMetadata } from "./metadata";

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

/** The record with metadata in its canonical text: the server writes keys in any order, and equal records must give equal parts. */
export const canonicalRecord = <Content extends Pick<ChromaRecord, "metadata">>(record: Content): Content => {
  const metadata = canonicalMetadata(record.metadata);
  return { ...record, metadata: metadata === "null" ? null : metadata };
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
    this.addCanonical(canonicalRecord(record));
  }

  /** Adds a record whose metadata is canonical already. */
  addCanonical({ id, document, metadata, uri, embedding }: ChromaRecord): void {
    this.content.add(id, JSON.stringify(document), metadata ?? "null", JSON.stringify(uri));
    this.embeddings.add(id, embeddingBytes(embedding));
  }

  get count(): number {
    return this.content.count;
  }

  result(): { readonly contentDigest: string; readonly embeddingsDigest: string } {
    return { contentDigest: this.content.hex(), embeddingsDigest: this.embeddings.hex() };
  }
}
