import { sha256Hex } from "../checksum";
import { canonicalMetadata } from "../chroma/metadata";
import { embeddingBytes } from "../chroma/record";

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

/**
 * A row of a relational store: each column's value as text, in a form that the writer and the reader agree on, so that no number changes its type.
 * Without the keys that the database makes itself: a writer does not know them before.
 */
export interface RowContent {
  readonly table: string;
  readonly columns: Readonly<Record<string, string | null>>;
}

/** SHA-256 of a row, whatever the order of its columns. */
export const rowDigest = ({ table, columns }: RowContent): string =>
  sha256Hex(JSON.stringify([table, Object.entries(columns).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))]));

/** SHA-256 of the rows that make up one thing, by their digests, whatever their order. A row that is there twice counts twice. */
export const rowsDigest = (rowDigests: readonly string[]): string => sha256Hex([...rowDigests].sort().join("\n"));

/** JSON with sorted keys and untouched numbers: jsonb keeps numbers' digits, not the order of keys. https://www.postgresql.org/docs/15/datatype-json.html */
export const canonicalJson = (text: string): string => canonicalMetadata(text);
