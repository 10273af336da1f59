import { sha256Hex } from "../checksum";
import { canonicalMetadata, embeddingBytes } from "../chroma/record";

/** What a ledger and a recovered store compare of one Chroma record, its embedding apart. `metadata` is JSON text, so that no number changes its type. */
export interface RecordContent {
  readonly id: string;
  readonly document: string | null;
  readonly metadata: string | null;
}

/** SHA-256 of a record's id, document and canonical metadata. JSON's quoting keeps two fields from reading as one. */
export const recordDigest = ({ id, document, metadata }: RecordContent): string =>
  sha256Hex(JSON.stringify([id, document, canonicalMetadata(metadata)]));

/** SHA-256 of the float32 values. Only collections that keep embeddings bit for bit (l2, ip) can be compared by it. */
export const embeddingDigest = (embedding: Float32Array): string => sha256Hex(embeddingBytes(embedding));
