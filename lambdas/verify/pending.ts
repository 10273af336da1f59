import { POINTS_PREFIX, proofKeyOf } from "../../recovery/catalogue/keys";
import type { CatalogueReader } from "../../recovery/catalogue/select";
import type { ArrivedObject } from "../shared/events";
import type { ObjectStore } from "../shared/objects";

/** How many entries the schedule looks at, newest first: hours of points, in a few seconds of requests. */
export const ENTRIES_LOOKED_AT = 50;
/** How many points one scheduled run proves: what is left waits for the next run. */
export const POINTS_PER_RUN = 5;

/** The entries that an event names. */
export const arrivedEntries = (vaultBucket: string, arrivals: readonly ArrivedObject[]): readonly string[] => [
  ...new Set(arrivals.filter(({ bucket, key }) => bucket === vaultBucket && key.startsWith(POINTS_PREFIX)).map(({ key }) => key)),
];

/** Entries of Chroma without a proof, newest first: what a lost event left behind. */
export const pendingEntries = async (catalogue: CatalogueReader, vault: ObjectStore): Promise<readonly string[]> => {
  const pending: string[] = [];
  let lookedAt = 0;
  for await (const key of catalogue.keys(`${POINTS_PREFIX}chroma/`)) {
    if (lookedAt >= ENTRIES_LOOKED_AT || pending.length >= POINTS_PER_RUN) break;
    lookedAt += 1;
    if ((await vault.head(proofKeyOf(key))) === undefined) pending.push(key);
  }
  return pending;
};
