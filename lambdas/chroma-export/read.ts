import type { ChromaRecord } from "../../recovery/chroma/record";
import { recordBytes } from "../chroma/batches";
import type { ChromaClient } from "../chroma/client";
import { inOrder } from "../chroma/in-order";

/** Ids asked for at once, and asks in flight: as fast as the server delivers (measured with 384 dimensions, 300-character documents). */
export const MAX_PAGE_ROWS = 1000;
export const PAGES_IN_FLIGHT = 3;
/** A page's content. With longer documents or more dimensions a page has fewer rows. */
const PAGE_BYTES = 8 * 1024 * 1024;
/** The first page tells how large the records are. */
const FIRST_PAGE_ROWS = 100;

export interface Page {
  readonly records: readonly ChromaRecord[];
  /** Ids that were asked for and not answered. */
  readonly missing: readonly string[];
}

/** Reads records by their ids, in pages that keep memory flat whatever a record's size. */
export async function* readPages(
  client: Pick<ChromaClient, "records">,
  collectionId: string,
  ids: readonly string[],
): AsyncGenerator<Page> {
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
    const records = await client.records(collectionId, page);
    const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0);
    // The largest seen: one page of long documents shortens those that follow.
    if (records.length > 0) bytesPerRow = Math.max(bytesPerRow ?? 0, bytes / records.length);
    const found = new Set(records.map(({ id }) => id));
    return { records, missing: page.filter((id) => !found.has(id)) };
  });
}
