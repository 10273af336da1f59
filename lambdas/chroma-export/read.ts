import { type ChromaRecord, canonicalRecord } from "../../recovery/chroma/record";
import { LifeboatError } from "../../recovery/errors";
import { recordBytes } from "../chroma/batches";
import type { ChromaClient, ChromaContent } from "../chroma/client";
import { inOrder } from "../chroma/in-order";

/** Ids asked for at once, and asks in flight: as fast as the server delivers (measured with 384 dimensions, 300-character documents). */
export const MAX_PAGE_ROWS = 1000;
export const PAGES_IN_FLIGHT = 3;
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

export type PageSource = Pick<ChromaClient, "contents" | "embeddings">;

/** A record that is overwritten faster than it can be read this often in a row is no record of any time. */
const READ_ATTEMPTS = 10;

/**
 * Records as they were at one time. A `get` is not atomic: the server reads contents from SQLite and then the embeddings from its index, one after
 * the other, and a write between the two gives a record with the text of one version and the vector of another (with 1.5.9: 12 of 44,400 records
 * while 41 small writes went on), https://github.com/chroma-core/chroma/blob/1.5.9/rust/frontend/src/executor/local.rs
 * So embeddings are read by themselves, between two readings of the contents; a record whose content moved is read again. What this cannot show is a
 * write whose content stands and whose embedding is not in the index yet during all three requests: the server commits the one and at once takes
 * the other's lock, https://github.com/chroma-core/chroma/blob/1.5.9/rust/log/src/local_compaction_manager.rs (none of 44,000 under a writer in
 * a loop, where a plain `get` tore 402). Contents are most of the server's work: asking for them with the embeddings too would take a quarter
 * more of it, and show nothing more.
 * Two readings of the embeddings about one of the contents would cost it less and were tried: a drill found a record whose content was newer than its
 * vector, of 4,691, which both readings of the vector had missed.
 */
const readWhole = async (client: PageSource, collectionId: string, ids: readonly string[]): Promise<ChromaRecord[]> => {
  const whole: ChromaRecord[] = [];
  let waiting = ids;
  for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
    const before = byId(canonical(await client.contents(collectionId, waiting)));
    const embeddings = byId((await client.embeddings(collectionId, waiting)).rows());
    const again: string[] = [];
    for (const after of canonical(await client.contents(collectionId, waiting))) {
      const found = embeddings.get(after.id);
      if (found === undefined) continue;
      if (same(before.get(after.id), after)) whole.push({ ...after, embedding: found.embedding });
      else again.push(after.id);
    }
    if (again.length === 0) return whole;
    waiting = again;
  }
  throw new LifeboatError({
    code: "store-unavailable",
    what: "Records are overwritten faster than they can be read",
    received: `${waiting.length} records that changed at each of ${READ_ATTEMPTS} readings, the first is ${JSON.stringify(waiting[0])}`,
    allowed: "records that stand still for one reading, some milliseconds",
    hint: "It is tried again at the next run; if it fails each time, find who writes these records in a loop",
  });
};

/** The server writes metadata's keys in any order. */
const canonical = (contents: readonly ChromaContent[]): ChromaContent[] => contents.map(canonicalRecord);

const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.id, row]));

const same = (a: ChromaContent | undefined, b: ChromaContent): boolean =>
  a !== undefined && a.document === b.document && a.uri === b.uri && a.metadata === b.metadata;

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
