import { POINTS_PREFIX, proofKeyOf, proofsPrefixOf, seriesPrefix } from "../../recovery/catalogue/keys";
import { EXPORT_KINDS } from "../../recovery/catalogue/kinds";
import type { CatalogueReader } from "../../recovery/catalogue/select";
import type { Series } from "../../recovery/catalogue/series";
import type { ArrivedObject } from "../shared/events";
import type { ObjectStore } from "../shared/objects";
import { seriesOfStore } from "../shared/series";

/** How many entries of a series the schedule looks at, newest first: hours of points, in two requests. */
export const ENTRIES_LOOKED_AT = 50;
/** How many points one scheduled run proves: what is left waits for the next run. */
export const POINTS_PER_RUN = 5;

/** The entries that an event names. */
export const arrivedEntries = (vaultBucket: string, arrivals: readonly ArrivedObject[]): readonly string[] => [
  ...new Set(arrivals.filter(({ bucket, key }) => bucket === vaultBucket && key.startsWith(POINTS_PREFIX)).map(({ key }) => key)),
];

/** Entries without a proof, of every series the newest first: what a lost event left behind. */
export const pendingEntries = async (catalogue: CatalogueReader, vault: ObjectStore): Promise<readonly string[]> => {
  const pending: string[] = [];
  for (const store of new Set(EXPORT_KINDS.map((kind) => kind.store)))
    for (const series of await seriesOfStore(vault, store)) {
      pending.push(...(await pendingOf(catalogue, series)));
      if (pending.length >= POINTS_PER_RUN) return pending.slice(0, POINTS_PER_RUN);
    }
  return pending;
};

/** Entries and proofs are listed under the same names, so that one page of each tells which are missing. */
const pendingOf = async (catalogue: CatalogueReader, series: Series): Promise<readonly string[]> => {
  const entries = await take(catalogue.keys(seriesPrefix(series)), ENTRIES_LOOKED_AT);
  const last = entries.at(-1);
  if (last === undefined) return [];
  const proven = new Set<string>();
  const lastProof = proofsPrefixOf(last);
  for await (const key of catalogue.keys(proofKeyOf(seriesPrefix(series)))) {
    proven.add(key);
    if (key > lastProof && !key.startsWith(lastProof)) break;
  }
  return entries.filter((key) => !proven.has(proofKeyOf(key)));
};

const take = async (keys: AsyncIterable<string>, most: number): Promise<readonly string[]> => {
  const taken: string[] = [];
  for await (const key of keys) {
    if (taken.length >= most) break;
    taken.push(key);
  }
  return taken;
};
