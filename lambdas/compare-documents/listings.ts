import type { Place } from "../../recovery/objects/entries";
import type { ListedVersion, ObjectStore } from "../shared/objects";
import type { HeadDocument } from "./heads";
import type { PartTools } from "./part";
import { askPrimary, pagesOfPrimary } from "./primary";

/** What a comparison stops before: it keeps its progress, and the metrics are published. Milliseconds. */
const MARGIN_MS = 60_000;

export interface RunClock {
  readonly now: () => Date;
  readonly remainingMs: () => number;
}

/** The three buckets as a comparison reads them; the source's silence is told from every other failure. */
export const listingTools = (
  stores: Readonly<Record<Place, ObjectStore>>,
  heads: Readonly<Record<Place, HeadDocument>>,
  { now, remainingMs }: RunClock,
): PartTools => ({
  listings: {
    source: (after) => pagesOfPrimary(stores.source.list("", after)),
    replica: (after) => stores.replica.list("", after),
    locked: (after) => stores.locked.list("", after),
  },
  heads: { ...heads, source: (key) => askPrimary(() => heads.source(key)) },
  newestVersion: (key) => askPrimary(() => newestVersion(stores.source, key)),
  now,
  goOn: () => remainingMs() > MARGIN_MS,
});

/** Versions of one key come first under it as a prefix, the newest before the others. */
const newestVersion = async (store: ObjectStore, key: string): Promise<ListedVersion | undefined> => {
  for await (const page of store.versions(key)) {
    const [first] = page;
    return first?.key === key ? first : undefined;
  }
  return undefined;
};
