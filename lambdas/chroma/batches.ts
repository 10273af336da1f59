import type { ChromaRecord } from "../../recovery/chroma/record";

/** What a record weighs in memory and, nearly, on the wire. Bytes. */
export const recordBytes = ({ id, embedding, document, metadata, uri }: ChromaRecord): number =>
  id.length + (embedding?.byteLength ?? 0) + (document?.length ?? 0) + (metadata?.length ?? 0) + (uri?.length ?? 0);

/** Slices of at most `size`. */
export function* chunks<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** Batches bounded by rows and by bytes; a record above the bound stands alone. */
export function* batches(records: Iterable<ChromaRecord>, maxRows: number, maxBytes: number): Generator<ChromaRecord[]> {
  let batch: ChromaRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = recordBytes(record);
    if (batch.length > 0 && (batch.length >= maxRows || bytes + size > maxBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
