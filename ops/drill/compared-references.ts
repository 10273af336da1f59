import { type LedgerEntry, type LedgerStore, type StoreKey, writeKey } from "../../recovery/evidence/ledger";
import { brokenReferences, type Reference } from "../../recovery/evidence/references";
import type { AsOf } from "./as-of";
import type { ComparedReferences } from "./checks";
import type { Recovered } from "./recovered";

/** What the recovered stores point to in each other. What was written since is the application's own, and no part of the recovery. */
export const comparedReferences = (
  asOf: AsOf,
  entries: readonly LedgerEntry[],
  { database, vectors, documents }: Recovered,
  writtenSince: ReadonlySet<string>,
): readonly ComparedReferences[] => {
  const isOfBefore = ({ from }: Reference): boolean => !writtenSince.has(writeKey(from));
  const ofRows = [...database.documents]
    .flatMap(([key, { references }]) => references.map((to): Reference => ({ from: rowKey(key), to })))
    .filter(isOfBefore);
  const ofVectors = [...vectors.values()]
    .map(
      ({ collection, id, objectKey }): Reference => ({
        from: { store: "chroma", collection, key: id },
        to: { store: "objects", key: objectKey },
      }),
    )
    .filter(isOfBefore);
  const compared = (name: string, from: LedgerStore, to: LedgerStore, all: readonly Reference[]): ComparedReferences => {
    const references = all.filter((reference) => reference.to.store === to);
    const { [from]: fromAsOf, [to]: toAsOf } = asOf;
    const present = to === "objects" ? documents : vectors;
    const isPlanned = fromAsOf !== undefined && toAsOf !== undefined;
    return {
      store: from,
      name,
      // Without both times nothing was judged, and the check says so by failing.
      compared: isPlanned ? references.length : 0,
      broken: isPlanned ? brokenReferences({ references, present, entries, fromAsOf, toAsOf }) : [],
      skewSeconds: isPlanned ? Math.abs(fromAsOf.getTime() - toAsOf.getTime()) / 1000 : 0,
    };
  };
  return [
    compared("references to documents", "postgres", "objects", ofRows),
    compared("references to vectors", "postgres", "chroma", ofRows),
    compared("references to documents", "chroma", "objects", ofVectors),
  ];
};

const rowKey = (key: string): StoreKey => ({ store: "postgres", collection: "documents", key });
