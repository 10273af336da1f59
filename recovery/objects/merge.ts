import { LifeboatError } from "../errors";
import { byKey, type Entry, type Place } from "./entries";

/** One key, with what each place has under it. */
export type Side = { readonly key: string } & Readonly<Partial<Record<Place, Entry>>>;

/**
 * Listings side by side in key order, in batches that end where a page does. Of each only two pages are in memory, the one that is worked on and the
 * next, so memory stays flat in the size of the buckets, and a page costs one request.
 * @throws LifeboatError `internal` when a listing is not in S3's order: what is behind would be taken for missing.
 */
export async function* mergeListings<Name extends Place>(
  listings: Readonly<Record<Name, AsyncIterable<readonly Entry[]>>>,
): AsyncIterable<readonly Side[]> {
  const names = Object.keys(listings) as Name[];
  const cursors = names.map((name) => new Cursor(name, ahead(listings[name])));
  try {
    await Promise.all(cursors.map((cursor) => cursor.load()));
    for (let open = cursors.filter(isOpen); open.length > 0; open = open.filter(isOpen)) {
      yield batchOf(open);
      await Promise.all(open.filter(({ entry }) => entry === undefined).map((cursor) => cursor.load()));
    }
  } finally {
    await Promise.all(cursors.map((cursor) => cursor.end()));
  }
}

const isOpen = ({ entry }: Cursor): boolean => entry !== undefined;

/** All keys up to where the first page ends: what follows there decides which key comes next. */
const batchOf = (open: readonly Cursor[]): readonly Side[] => {
  const batch: Side[] = [];
  for (;;) {
    let least: string | undefined;
    for (const { entry } of open) {
      if (entry === undefined) return batch;
      if (least === undefined || byKey(entry.key, least) < 0) least = entry.key;
    }
    if (least === undefined) return batch;
    const side: { key: string } & Partial<Record<Place, Entry>> = { key: least };
    for (const cursor of open) {
      if (cursor.entry?.key !== least) continue;
      side[cursor.name] = cursor.entry;
      cursor.advance();
    }
    batch.push(side);
  }
};

/** A place in one listing. */
class Cursor {
  private page: readonly Entry[] = [];
  private index = 0;
  private last: string | undefined;
  private seen: ReadonlySet<string> = new Set();

  constructor(
    readonly name: Place,
    private readonly pages: AsyncGenerator<readonly Entry[], undefined>,
  ) {}

  /** Undefined where the page has ended, and after `load` where the listing has. */
  get entry(): Entry | undefined {
    return this.page[this.index];
  }

  advance(): void {
    this.index += 1;
  }

  /** The next page with something new in it. */
  async load(): Promise<void> {
    do {
      const next = await this.pages.next();
      if (next.done === true) return;
      this.page = this.newIn(next.value);
      this.index = 0;
    } while (this.page.length === 0);
  }

  async end(): Promise<void> {
    await this.pages.return(undefined);
  }

  /** Each key once: a page that comes again (a repeated answer) is passed over. */
  private newIn(page: readonly Entry[]): readonly Entry[] {
    const before = this.seen;
    if (page.length > 0) this.seen = new Set(page.map(({ key }) => key));
    return page.filter(({ key }) => {
      if (this.last === undefined || byKey(this.last, key) < 0) {
        this.last = key;
        return true;
      }
      if (key === this.last || before.has(key)) return false;
      throw outOfOrder(this.name, this.last, key);
    });
  }
}

/** Asks for the next page while this one is worked on. */
async function* ahead<T>(items: AsyncIterable<T>): AsyncGenerator<T, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (;;) {
      const { done, value } = await next;
      if (done === true) return undefined;
      next = iterator.next();
      // A failure of a page that nobody asks for any more is no failure.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

const outOfOrder = (name: Place, last: string, key: string): LifeboatError =>
  new LifeboatError({
    code: "internal",
    what: `The listing of the ${name} bucket is not in the order of its keys`,
    received: `"${key}" after "${last}"`,
    allowed: "ascending UTF-8 bytes, as general purpose buckets list",
    hint: "Directory buckets list in no order and cannot be compared; for any other bucket report this with both keys",
  });
