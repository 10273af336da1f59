import { type ChromaRecord, canonicalRecord, embeddingBytes } from "../../recovery/chroma/record";
import { LifeboatError } from "../../recovery/errors";
import { recordBytes } from "../chroma/batches";
import type { ChromaClient, ChromaEmbedding, EmbeddingsAnswer } from "../chroma/client";
import { inOrder } from "../chroma/in-order";

/** Ids asked for at once, and pages begun and not done, most of which rest: as fast as the server delivers (measured with 384 dimensions, 300-character documents). */
export const MAX_PAGE_ROWS = 1000;
export const PAGES_IN_FLIGHT = 6;
/** A page's content. With longer documents or more dimensions a page has fewer rows. */
const PAGE_BYTES = 8 * 1024 * 1024;
/** The first page tells how large the records are. */
const FIRST_PAGE_ROWS = 100;

export interface Page {
  /** With their metadata in its canonical text. */
  readonly records: readonly ChromaRecord[];
  /** Ids that were asked for and not answered. */
  readonly missing: readonly string[];
}

export type PageSource = Pick<ChromaClient, "contents" | "embeddings" | "rest">;

/** A record that is overwritten faster than it can be read this often in a row is no record of any time. */
const READ_ATTEMPTS = 10;

/** What a write is given to get from SQLite into the index. Nothing tells how long that takes: a margin over the milliseconds of an idle server, not a bound. */
const REST_MS = 250;

/**
 * Records as they were at one time. A `get` is not atomic: the server reads contents from SQLite and then the embeddings from its index, one after
 * the other, and a write between the two gives a record with the text of one version and the vector of another (with 1.5.9: 584 of 204,000 records
 * under a writer in a loop), https://github.com/chroma-core/chroma/blob/1.5.9/rust/frontend/src/executor/local.rs
 * So contents are read by themselves, between two readings of the embeddings; a record whose embedding moved is read again. The server commits a write
 * to SQLite and brings it into the index after that, and no reading waits for it
 * (https://github.com/chroma-core/chroma/blob/1.5.9/rust/log/src/local_compaction_manager.rs): contents that were read just then are newer than an
 * embedding which stands still for a moment more (a drill on a busy machine restored 1 of 4,691 vectors that was not its text's, without a rest). So
 * the second reading comes after a rest, when the index has what SQLite had. What stays unseen is an embedding that was changed and changed back to the
 * last bit, and an index that is further behind than the rest.
 * Embeddings bracket contents, not the other way round: those would not move any more, and they cost the server twice as much.
 */
const readWhole = async (client: PageSource, collectionId: string, ids: readonly string[]): Promise<ChromaRecord[]> => {
  const whole: ChromaRecord[] = [];
  let waiting = ids;
  for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
    const before = await client.embeddings(collectionId, waiting);
    const contents = await client.contents(collectionId, waiting);
    // Ever shorter: a record that is overwritten several times a second would never stand still for the whole of it.
    await client.rest(REST_MS / 2 ** (attempt - 1));
    const after = await client.embeddings(collectionId, waiting);
    const moved = movedBetween(before, after);
    const embeddings = byId(after.rows());
    const again: string[] = [];
    for (const content of contents) {
      const found = embeddings.get(content.id);
      if (found === undefined) continue;
      if (moved.has(content.id)) again.push(content.id);
      else whole.push({ ...canonicalRecord(content), embedding: found.embedding });
    }
    if (again.length === 0) return whole;
    waiting = again;
  }
  throw new LifeboatError({
    code: "store-unavailable",
    what: "Records are overwritten faster than they can be read",
    received: `${waiting.length} records that changed at each of ${READ_ATTEMPTS} readings, the first is ${JSON.stringify(waiting[0])}`,
    allowed: "records that stand still for one reading, some milliseconds at last",
    hint: "It is tried again at the next run; if it fails each time, find who writes these records in a loop",
  });
};

/** Ids of the later answer whose embedding the earlier one has not. Answers that are equal byte by byte, nearly all, need no reading. */
const movedBetween = (before: EmbeddingsAnswer, after: EmbeddingsAnswer): ReadonlySet<string> => {
  if (before.equals(after)) return new Set();
  const earlier = byId(before.rows());
  const moved = after.rows().filter(({ id, embedding }) => !sameEmbedding(earlier.get(id), embedding));
  return new Set(moved.map(({ id }) => id));
};

const sameEmbedding = (known: ChromaEmbedding | undefined, embedding: ChromaRecord["embedding"]): boolean => {
  if (known === undefined || (known.embedding === null) !== (embedding === null)) return false;
  return Buffer.compare(embeddingBytes(known.embedding), embeddingBytes(embedding)) === 0;
};

const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.id, row]));

/** Reads records by their ids, in pages that keep memory flat whatever a record's size. */
export async function* readPages(client: PageSource, collectionId: string, ids: readonly string[]): AsyncGenerator<Page> {
  let bytesPerRow: number | undefined;
  // Sized when its turn comes: by then the pages before it have been weighed.
  function* pages(): Generator<readonly string[]> {
    let start = 0;
    while (start < ids.length) {
      const rows = bytesPerRow === undefined ? FIRST_PAGE_ROWS : Math.floor(PAGE_BYTES / Math.max(1, bytesPerRow));
      const page = ids.slice(start, start + Math.min(MAX_PAGE_ROWS, Math.max(1, rows)));
      start += page.length;
      yield page;
    }
  }
  yield* inOrder(pages(), PAGES_IN_FLIGHT, async (page): Promise<Page> => {
    const records = await readWhole(client, collectionId, page);
    const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0);
    // The largest seen: one page of long documents shortens those that follow.
    if (records.length > 0) bytesPerRow = Math.max(bytesPerRow ?? 0, bytes / records.length);
    const found = new Set(records.map(({ id }) => id));
    return { records, missing: page.filter((id) => !found.has(id)) };
  });
}
