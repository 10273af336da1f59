import type { ChromaClient, ChromaCollection } from "../chroma/client";
import { IdWalk, MovedOn } from "./id-walk";
import { shortExport } from "./refusals";

export type ListingSource = Pick<ChromaClient, "count" | "ids" | "idsFrom">;

/** Up to here all ids come in one answer, which is a snapshot: 50,000 ids take the server 0.2 s. */
export const IDS_AT_ONCE = 50_000;
/** Ids by which pages overlap, and which stand for the end of a collection. */
const OVERLAP = 1000;
/** Writes go on while a collection is listed; then its counts and its list may differ for a moment. */
const LISTING_ATTEMPTS = 5;

export interface ListingSizes {
  readonly idsAtOnce: number;
  readonly overlap: number;
}

/** Takes the ids page by page. `begin` is called before the first page, and again when the listing has to begin anew: what came before is void. */
export interface IdSink {
  begin(): void;
  add(ids: readonly string[]): Promise<void>;
}

/**
 * Every id that a collection held when the listing began, once, with the count that the server gave independently of the list. Memory is bounded by
 * a page. Throws `short-export` when list and count disagree at each attempt.
 */
export const listIds = async (
  client: ListingSource,
  collection: Pick<ChromaCollection, "id" | "name">,
  sink: IdSink,
  sizes: ListingSizes = { idsAtOnce: IDS_AT_ONCE, overlap: OVERLAP },
): Promise<number> => {
  const seen: string[] = [];
  for (let attempt = 1; attempt <= LISTING_ATTEMPTS; attempt += 1) {
    sink.begin();
    const before = await client.count(collection.id);
    const listed =
      before <= sizes.idsAtOnce
        ? await listAtOnce(client, collection.id, before, sink)
        : await listByPages(client, collection.id, before, sink, sizes);
    if ("count" in listed) return listed.count;
    seen.push(listed.problem);
  }
  throw shortExport(collection.name, seen.join("; "));
};

type Listed = { readonly count: number } | { readonly problem: string };

const listAtOnce = async (client: ListingSource, id: string, before: number, sink: IdSink): Promise<Listed> => {
  const ids = await client.ids(id);
  const after = await client.count(id);
  const distinct = new Set(ids).size;
  // Between the two counts: records came or went while the ids were read.
  if (distinct !== ids.length || distinct < Math.min(before, after) || distinct > Math.max(before, after))
    return { problem: `${distinct} ids, count ${before} before and ${after} after` };
  await sink.add(ids);
  return { count: distinct };
};

/**
 * The ids up to those that were the last ones when the listing began. What stands behind them is new, and may be a record that was deleted and
 * written again, whose id would come twice; it is counted, not listed.
 * A server that withholds ids shows: it counts more than were listed and are new. What was deleted meanwhile only lowers its count.
 */
const listByPages = async (client: ListingSource, id: string, before: number, sink: IdSink, sizes: ListingSizes): Promise<Listed> => {
  const border = new Border(await client.idsFrom(id, Math.max(0, before - sizes.overlap), sizes.overlap));
  const walk = new IdWalk(client, id, { rows: sizes.idsAtOnce, overlap: sizes.overlap });
  let listed = 0;
  let added = 0;
  const toTheEnd = async (): Promise<void> => {
    for (let page = await walk.next(); page !== undefined; page = await walk.next()) {
      const own = border.upTo(page);
      if (own.length > 0) await sink.add(own);
      listed += own.length;
      added += page.length - own.length;
    }
  };
  try {
    await toTheEnd();
    const after = await client.count(id);
    // Records that came before this count are among the new ones only when the end is looked at once more.
    await toTheEnd();
    if (border.wasMet && listed <= before && after <= listed + added) return { count: listed };
    return { problem: `${listed} ids and ${added} new ones, count ${before} before and ${after} after` };
  } catch (error) {
    if (error instanceof MovedOn) return { problem: error.message };
    throw error;
  }
};

/** Where a listing ends: behind the ids that were the last ones when it began. */
class Border {
  wasMet = false;
  private wasPassed = false;
  private readonly last: Set<string>;

  constructor(last: readonly string[]) {
    this.last = new Set(last);
  }

  /** What of a page stands before the border. */
  upTo(page: readonly string[]): readonly string[] {
    if (this.wasPassed) return [];
    for (const [index, id] of page.entries()) {
      // Taken out as it passes: a second one of this id was written after the listing began.
      if (this.last.delete(id)) this.wasMet = true;
      else if (this.wasMet) {
        this.wasPassed = true;
        return page.slice(0, index);
      }
    }
    return page;
  }
}
