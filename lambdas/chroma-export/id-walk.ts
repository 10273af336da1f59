import type { ChromaClient } from "../chroma/client";

/** So much was deleted behind the walk that nobody can say where it stands. */
export class MovedOn extends Error {}

export interface WalkSizes {
  /** New ids of a page. */
  readonly rows: number;
  /** Ids of the page before that a page begins with. */
  readonly overlap: number;
}

/**
 * A collection's ids in the order in which they were first written, page by page. Plain offsets miss records when others are deleted
 * before them (with 1.5.9: 160 of 2,800), so each page overlaps the one before, and one that does not join is asked for again from further back.
 */
export class IdWalk {
  /** The last ids that were given out, by which a page is joined. */
  private known: ReadonlySet<string> = new Set();
  /** The position behind them, as it was when they were read: deletions can only have lowered it. */
  private position = 0;

  constructor(
    private readonly client: Pick<ChromaClient, "idsFrom">,
    private readonly collectionId: string,
    private readonly sizes: WalkSizes,
  ) {}

  /** The next ids; undefined at the end, where it may be called again for what has been added since. Throws MovedOn. */
  async next(): Promise<readonly string[] | undefined> {
    if (this.known.size === 0) return this.take(await this.page(0, this.sizes.rows), 0);
    for (let back = this.sizes.overlap; ; back *= 2) {
      const from = Math.max(0, this.position - back);
      const page = await this.page(from, this.position - from + this.sizes.rows);
      const first = page.findIndex((id) => this.known.has(id));
      if (first >= 0) return this.take(page.slice(first), from + first);
      if (from === 0) throw new MovedOn(`${this.known.size} records that were listed last are gone`);
    }
  }

  private page(from: number, rows: number): Promise<string[]> {
    return this.client.idsFrom(this.collectionId, from, rows);
  }

  /** What of a page, which stands at a position and begins with known ids, is behind these. A known id further on was deleted and written again. */
  private take(page: readonly string[], position: number): readonly string[] | undefined {
    const fresh = page.slice(runLength(page, this.known));
    if (fresh.length === 0) return undefined;
    this.position = position + page.length;
    this.known = new Set(page.slice(-this.sizes.overlap));
    return fresh;
  }
}

const runLength = (page: readonly string[], known: ReadonlySet<string>): number => {
  const end = page.findIndex((id) => !known.has(id));
  return end < 0 ? page.length : end;
};
