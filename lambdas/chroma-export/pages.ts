import type { ChromaRecord } from "../../recovery/chroma/record";
import { inOrder } from "../chroma/in-order";
import { readWhole, type WholeSource } from "./read";
import { ifStillThere, type Presence } from "./still-there";

/** Ids asked for at once, and pages begun and not done, most of which rest: as fast as the server delivers (measured with 384 dimensions, 300-character documents). */
export const MAX_PAGE_ROWS = 1000;
export const PAGES_IN_FLIGHT = 8;
/** A page's answers. With longer documents or more dimensions a page has fewer rows. */
const PAGE_BYTES = 8 * 1024 * 1024;
/** A collection's first page tells how large its records are; it has so many at most, and fewer where records of this size would fill a page. */
const FIRST_PAGE_ROWS = 100;

/** What reading records asks of a database. It never writes. */
export type RecordSource = WholeSource & Presence;

/** Records of one collection, by their ids. */
export interface Wanted {
  readonly source: RecordSource;
  readonly collectionId: string;
  readonly ids: readonly string[];
}

export interface Page<Of extends Wanted> {
  readonly of: Of;
  /** With their metadata in its canonical text. Undefined when the collection was deleted. */
  readonly records?: readonly ChromaRecord[];
  /** Ids that were asked for and not answered. */
  readonly missing: readonly string[];
}

/**
 * Reads records in pages that keep memory flat in their number, and but for one first page at a time in their size: one collection after the other,
 * each in the order of its ids. While one page rests the next ones are read, over the borders of collections: many small ones do not wait for each other.
 */
export async function* readPages<Of extends Wanted>(wanted: Iterable<Of>): AsyncGenerator<Page<Of>> {
  const deleted = new Set<Of>();
  const readPage = async ({ of, ids, rows }: PageIds<Of>): Promise<Page<Of>> => {
    try {
      const read = () => readWhole(of.source, of.collectionId, ids, rows.weigh);
      const records = deleted.has(of) ? undefined : await ifStillThere(of.source, of.collectionId, read);
      if (records === undefined) {
        deleted.add(of);
        return { of, missing: [] };
      }
      const found = new Set(records.map(({ id }) => id));
      return { of, records, missing: ids.filter((id) => !found.has(id)) };
    } finally {
      rows.settle();
    }
  };
  yield* inOrder(pagesOf(wanted, deleted), PAGES_IN_FLIGHT, readPage);
}

interface PageIds<Of> {
  readonly of: Of;
  readonly ids: readonly string[];
  readonly rows: PageRows;
}

/** A collection's first page waits until the one before it was weighed, so that one page at most is larger than it should be. */
async function* pagesOf<Of extends Wanted>(wanted: Iterable<Of>, deleted: ReadonlySet<Of>): AsyncGenerator<PageIds<Of>> {
  let largestRecordBytes = 0;
  for (const of of wanted) {
    const rows = new PageRows(largestRecordBytes);
    for (let start = 0; start < of.ids.length && !deleted.has(of); ) {
      const ids = of.ids.slice(start, start + (await rows.next()));
      start += ids.length;
      yield { of, ids, rows };
    }
    largestRecordBytes = Math.max(largestRecordBytes, await rows.weighedBytes());
  }
}

/** How many rows the next page of a collection may have. */
class PageRows {
  private bytesPerRow = 0;
  private isFirst = true;
  private readonly weighed: Promise<void>;
  settle: () => void = () => undefined;

  /** @param largestBefore of the collections before it, in bytes: nothing is known of this one's records yet */
  constructor(private readonly largestBefore: number) {
    this.weighed = new Promise((done) => {
      this.settle = done;
    });
  }

  /** The largest seen: one page of long documents shortens those that follow. */
  readonly weigh = (records: number, bytes: number): void => {
    if (records > 0) this.bytesPerRow = Math.max(this.bytesPerRow, bytes / records);
    this.settle();
  };

  async next(): Promise<number> {
    if (this.isFirst) {
      this.isFirst = false;
      return Math.min(FIRST_PAGE_ROWS, rowsOf(this.largestBefore));
    }
    const bytes = await this.weighedBytes();
    return bytes === 0 ? FIRST_PAGE_ROWS : rowsOf(bytes);
  }

  /** What a record weighs, when a page was weighed. 0 when none was answered. */
  async weighedBytes(): Promise<number> {
    if (!this.isFirst) await this.weighed;
    return this.bytesPerRow;
  }
}

const rowsOf = (recordBytes: number): number => Math.min(MAX_PAGE_ROWS, Math.max(1, Math.floor(PAGE_BYTES / Math.max(1, recordBytes))));
