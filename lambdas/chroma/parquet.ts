import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { type ColumnChunk, parquetMetadataAsync, parquetRead, type SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { writeColumn } from "hyparquet-writer/src/column.js";
import type { ChromaRecord } from "../../recovery/chroma/record";
import { LifeboatError } from "../../recovery/errors";
import { writeFloatLists } from "./parquet-list";
import { readFloatLists } from "./parquet-list-read";

/** What the manifest says of parts. Any Parquet reader opens them: `SELECT id, embedding FROM 'part-00000.parquet'`. */
export const PART_FORMAT = { name: "parquet", compression: "zstd" } as const;

/**
 * Parts end at 5,000 rows or at 32 MiB of content, whichever comes first: so a function that writes or reads parts holds a few of
 * them at most, about 300 MB in all, however large the collection.
 */
export const MAX_PART_ROWS = 5000;
export const MAX_PART_BYTES = 32 * 1024 * 1024;

/** Embeddings hardly shrink further at higher levels, which cost time. https://facebook.github.io/zstd/ */
const COMPRESSION_LEVEL = 3;

const text = (name: string, repetition_type: "REQUIRED" | "OPTIONAL"): SchemaElement => ({
  name,
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  repetition_type,
});

const EMBEDDING = "embedding";
const ROOT: SchemaElement = { name: "root", num_children: 5 };
const ID = text("id", "REQUIRED");
const TEXTS = { document: text("document", "OPTIONAL"), metadata: text("metadata", "OPTIONAL"), uri: text("uri", "OPTIONAL") } as const;
const SCHEMA: SchemaElement[] = [
  ROOT,
  ID,
  { name: EMBEDDING, converted_type: "LIST", repetition_type: "OPTIONAL", num_children: 1 },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", type: "FLOAT", repetition_type: "REQUIRED" },
  TEXTS.document,
  TEXTS.metadata,
  TEXTS.uri,
];

const compress = (bytes: Uint8Array): Uint8Array =>
  zstdCompressSync(bytes, {
    // All output in one buffer: by its default of 16 KiB a column would be gathered from hundreds. zstd adds 1/256 and some bytes at most.
    chunkSize: bytes.byteLength + (bytes.byteLength >>> 8) + 1024,
    params: { [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL },
  });

/** One part: a Parquet file of one row group with id, embedding (list of float32), document, metadata (JSON text) and uri. */
export const encodePart = (records: readonly ChromaRecord[]): Uint8Array => {
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema: SCHEMA, codec: "ZSTD", createdBy: "lifeboat" });
  if (records.length > 0) {
    const start = writer.offset;
    const columns = [
      textColumn(
        writer,
        ID,
        records.map(({ id }) => id),
      ),
      writeFloatLists(
        writer,
        EMBEDDING,
        records.map(({ embedding }) => embedding),
        compress,
      ),
      textColumn(
        writer,
        TEXTS.document,
        records.map(({ document }) => document),
      ),
      textColumn(
        writer,
        TEXTS.metadata,
        records.map(({ metadata }) => metadata),
      ),
      textColumn(
        writer,
        TEXTS.uri,
        records.map(({ uri }) => uri),
      ),
    ];
    file.num_rows = BigInt(records.length);
    file.row_groups.push({
      columns,
      num_rows: BigInt(records.length),
      total_byte_size: columns.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n),
      total_compressed_size: BigInt(writer.offset - start),
    });
  }
  void file.finish();
  return writer.getBytes();
};

const textColumn = (writer: ByteWriter, element: SchemaElement, values: (string | null)[]) => {
  const optional = element.repetition_type === "OPTIONAL";
  return writeColumn({
    writer,
    column: {
      columnName: element.name,
      element,
      schemaPath: [ROOT, element],
      codec: "ZSTD",
      // Without a dictionary of values: texts hardly repeat, and those that do are what zstd finds.
      encoding: "PLAIN",
      compressors: { ZSTD: compress },
      stats: false,
      pageSize: 1024 * 1024,
      columnIndex: false,
      offsetIndex: false,
    },
    pageData: {
      values,
      definitionLevels: optional ? values.map((value) => (value === null ? 0 : 1)) : [],
      repetitionLevels: [],
      maxDefinitionLevel: optional ? 1 : 0,
    },
  }).chunk;
};

const decompress = (packed: Uint8Array): Uint8Array => zstdDecompressSync(packed);

/** The records of a part, in the order in which they were written. */
export const decodePart = async (bytes: Uint8Array): Promise<ChromaRecord[]> => {
  let rows: unknown[][] = [];
  const file = {
    byteLength: bytes.byteLength,
    slice: (start: number, end = bytes.byteLength): ArrayBuffer => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
  const metadata = await parquetMetadataAsync(file);
  await parquetRead({
    file,
    metadata,
    columns: ["id", "document", "metadata", "uri"],
    compressors: { ZSTD: decompress },
    onComplete: (read: unknown[][]) => {
      rows = read;
    },
  });
  const embeddings = metadata.row_groups.flatMap(({ columns }) => embeddingsOf(bytes, columns));
  if (embeddings.length !== rows.length) throw notAPart(Math.min(embeddings.length, rows.length), `${embeddings.length} embeddings`);
  return rows.map((row, number) => recordOf(row, embeddings[number] ?? null, number));
};

const embeddingsOf = (bytes: Uint8Array, columns: readonly ColumnChunk[]): readonly (Float32Array | null)[] => {
  const column = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === EMBEDDING);
  if (column === undefined) throw notAPart(0, "no embedding");
  return readFloatLists(bytes, column, decompress);
};

const recordOf = ([id, document, metadata, uri]: unknown[], embedding: Float32Array | null, row: number): ChromaRecord => ({
  id: textOf(id, row) ?? "",
  embedding,
  document: textOf(document, row),
  metadata: textOf(metadata, row),
  uri: textOf(uri, row),
});

const textOf = (value: unknown, row: number): string | null => {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  throw notAPart(row, value);
};

const notAPart = (row: number, value: unknown): LifeboatError =>
  new LifeboatError({
    code: "point-refused",
    what: `Row ${row} of a part is not a record`,
    received: String(value).slice(0, 100),
    allowed: "id, embedding, document, metadata and uri",
    hint: "Restore from another recovery point; this one was not written by Lifeboat",
  });
