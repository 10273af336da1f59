import { POINTS_PREFIX, seriesPrefix } from "../../recovery/catalogue/keys";
import { isSeries, type Series } from "../../recovery/catalogue/series";
import type { Store } from "../../recovery/store";
import type { ObjectStore } from "./objects";

/** Sorts behind every name of an entry: 13 digits and a hyphen begin it. */
const BEHIND_ENTRIES = "9999999999999-~";

/**
 * The series of a store that have entries, in ascending order: a request for each, however many points it has. Keys of another form are passed over; an
 * entry that a delete marker hides is there all the same, because a lifecycle rule hides what a renewed lock keeps.
 */
export const seriesOfStore = async (vault: Pick<ObjectStore, "versions">, store: Store): Promise<readonly Series[]> => {
  const found: Series[] = [];
  let after: string | undefined;
  for (;;) {
    const key = await firstKey(vault, `${POINTS_PREFIX}${store}/`, after);
    if (key === undefined) return found;
    const series = key.slice(POINTS_PREFIX.length, key.lastIndexOf("/"));
    const behind = `${seriesPrefix(series)}${BEHIND_ENTRIES}`;
    if (isSeries(series) && found.at(-1) !== series) found.push(series);
    after = behind > key ? behind : key;
  }
};

const firstKey = async (vault: Pick<ObjectStore, "versions">, prefix: string, after: string | undefined): Promise<string | undefined> => {
  for await (const page of vault.versions(prefix, after)) {
    const first = page.find(({ isDeleteMarker }) => !isDeleteMarker);
    if (first !== undefined) return first.key;
  }
  return undefined;
};
