import { type LedgerEntry, writeKey } from "./ledger";

/** A recovered vector that points to an object. */
export interface Reference {
  readonly collection: string;
  readonly id: string;
  readonly objectKey: string;
}

export interface BrokenReference extends Reference {
  /** Whether the stores' different times explain it: then it is loss. Otherwise the recovery is faulty. */
  readonly insideSkew: boolean;
  readonly reason: string;
}

export interface ReferenceQuestion {
  readonly references: readonly Reference[];
  /** Keys of the recovered objects. */
  readonly objectKeys: ReadonlySet<string>;
  readonly entries: readonly LedgerEntry[];
  /** All that was written to the store before its time is in what was recovered. */
  readonly objectsAsOf: Date;
  readonly chromaAsOf: Date;
}

/**
 * References to objects that are not there. The application writes an object before its vectors and deletes it after them, so two things explain a
 * missing object: it was written after the objects' time, or it was deleted after the vectors' time. Any other broken reference is a fault.
 */
export const brokenReferences = ({
  references,
  objectKeys,
  entries,
  objectsAsOf,
  chromaAsOf,
}: ReferenceQuestion): readonly BrokenReference[] => {
  const writes = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    if (entry.store !== "objects") continue;
    const history = writes.get(writeKey(entry));
    if (history === undefined) writes.set(writeKey(entry), [entry]);
    else history.push(entry);
  }
  return references
    .filter((reference) => !objectKeys.has(reference.objectKey))
    .map((reference) => {
      const history = writes.get(writeKey({ store: "objects", key: reference.objectKey })) ?? [];
      return { ...reference, ...explanationOf(history, objectsAsOf, chromaAsOf) };
    });
};

const explanationOf = (
  history: readonly LedgerEntry[],
  objectsAsOf: Date,
  chromaAsOf: Date,
): Pick<BrokenReference, "insideSkew" | "reason"> => {
  const puts = history.filter((write) => write.operation === "put");
  if (puts.length === 0) return { insideSkew: false, reason: "the object was never written" };
  const deleted = history.find((write) => write.operation === "delete" && Date.parse(write.attemptedAt) >= chromaAsOf.getTime());
  if (deleted !== undefined) return { insideSkew: true, reason: `the object was deleted ${deleted.attemptedAt}, after the vectors' time` };
  const written = puts.find((write) => write.acknowledgedAt !== undefined && Date.parse(write.acknowledgedAt) < objectsAsOf.getTime());
  if (written === undefined) return { insideSkew: true, reason: `the object was written ${puts[0]?.attemptedAt}, after the objects' time` };
  return { insideSkew: false, reason: `the object was written ${written.acknowledgedAt}, before the objects' time, and is not there` };
};
