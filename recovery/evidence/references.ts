import { type LedgerEntry, type LedgerStore, type StoreKey, writeKey } from "./ledger";

/** A key of one store that points to a key of another. */
export interface Reference {
  readonly from: StoreKey;
  readonly to: StoreKey;
}

export interface BrokenReference extends Reference {
  /** Whether the stores' different times explain it: then it is loss. Otherwise the recovery is faulty. */
  readonly insideSkew: boolean;
  readonly reason: string;
}

export interface ReferenceQuestion {
  /** All from one store to one other. */
  readonly references: readonly Reference[];
  /** What the other store holds, by `writeKey`. */
  readonly present: { has(key: string): boolean };
  readonly entries: readonly LedgerEntry[];
  /** The time of the store that points: its references are those of then or later. */
  readonly fromAsOf: Date;
  /** The time of the store that is pointed to: all that was written to it before is in what was recovered. */
  readonly toAsOf: Date;
}

/**
 * References to keys that are not there. The application writes what is pointed to before what points, and deletes it after, so two things explain a
 * missing key: it was deleted after the pointing store's time, or it was written after its own store's time. Any other broken reference is a fault.
 */
export const brokenReferences = (question: ReferenceQuestion): readonly BrokenReference[] => {
  const missing = question.references.filter(({ to }) => !question.present.has(writeKey(to)));
  const histories = historiesOf(
    question.entries,
    missing.map(({ to }) => to),
  );
  return missing.map((reference) => ({
    ...reference,
    ...explanationOf(histories.get(writeKey(reference.to)) ?? [], reference, question),
  }));
};

const historiesOf = (entries: readonly LedgerEntry[], keys: readonly StoreKey[]): ReadonlyMap<string, readonly LedgerEntry[]> => {
  const histories = new Map<string, LedgerEntry[]>(keys.map((key) => [writeKey(key), []]));
  for (const entry of entries) histories.get(writeKey(entry))?.push(entry);
  return histories;
};

const NAMES: Readonly<Record<LedgerStore, { readonly one: string; readonly time: string }>> = {
  postgres: { one: "row", time: "rows' time" },
  chroma: { one: "vector", time: "vectors' time" },
  objects: { one: "object", time: "objects' time" },
};

const explanationOf = (
  history: readonly LedgerEntry[],
  { from, to }: Reference,
  { fromAsOf, toAsOf }: Pick<ReferenceQuestion, "fromAsOf" | "toAsOf">,
): Pick<BrokenReference, "insideSkew" | "reason"> => {
  const { one, time } = NAMES[to.store];
  if (!history.some(isPut)) return { insideSkew: false, reason: `the ${one} was never written` };
  const deleted = history.find((write) => write.operation === "delete" && Date.parse(write.attemptedAt) >= fromAsOf.getTime());
  if (deleted !== undefined)
    return { insideSkew: true, reason: `the ${one} was deleted ${deleted.attemptedAt}, after the ${NAMES[from.store].time}` };
  const last = history.findLastIndex((write) => write.acknowledgedAt !== undefined && Date.parse(write.acknowledgedAt) < toAsOf.getTime());
  const before = history[last];
  if (before !== undefined && isPut(before))
    return { insideSkew: false, reason: `the ${one} was written ${before.acknowledgedAt}, before the ${time}, and is not there` };
  const after = history.slice(last + 1).find(isPut);
  if (after !== undefined) return { insideSkew: true, reason: `the ${one} was written ${after.attemptedAt}, after the ${time}` };
  return { insideSkew: false, reason: `the ${one} was deleted ${before?.attemptedAt}, and nothing may point to it since` };
};

const isPut = ({ operation }: LedgerEntry): boolean => operation === "put";
