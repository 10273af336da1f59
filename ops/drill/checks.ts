import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { EvidenceCheck } from "../../recovery/evidence/evidence";
import { type LedgerEntry, type LedgerStore, type StoreKey, writeKey } from "../../recovery/evidence/ledger";
import { acknowledgedBefore, type Loss, measureLoss, type RecoveredState } from "../../recovery/evidence/loss";
import type { BrokenReference } from "../../recovery/evidence/references";
import { NEVER, type Since } from "../../recovery/evidence/since";
import type { SeenVectors } from "./recovered-vectors";

export type RecoveredPoint = Pick<NonNullable<RecoveryPlan["stores"]["chroma"]>, "pointId" | "records">;

/** A list that stays readable: the first few, and how many more. */
const few = (items: readonly string[], most = 5): string =>
  items.length <= most ? items.join("; ") : `${items.slice(0, most).join("; ")}; and ${items.length - most} more`;

export const listed = (items: readonly string[]): string => (items.length === 0 ? "0" : `${items.length}: ${few(items)}`);

const labelOf = ({ collection, key }: StoreKey): string => (collection === undefined ? key : `${collection}/${key}`);

export interface CountQuestion {
  readonly disasterAt: Date;
  readonly since: Since;
  /** Keys (`writeKey`) that were written since. */
  readonly writtenSince: ReadonlySet<string>;
}

/** How many keys are there, against how many the ledger says were live. Keys with a lost or unanswered write may be there or not. */
export const countCheck = (
  store: string,
  entries: readonly LedgerEntry[],
  recovered: RecoveredState,
  loss: Loss,
  { disasterAt, since, writtenSince }: CountQuestion,
): EvidenceCheck => {
  const last = new Map<string, LedgerEntry>();
  const uncertain = new Set(loss.lost.map(writeKey));
  for (const entry of entries) {
    if (since.includes(entry)) continue;
    if (acknowledgedBefore(entry, disasterAt)) last.set(writeKey(entry), entry);
    else uncertain.add(writeKey(entry));
  }
  const certain = [...last].filter(([key, { operation }]) => operation === "put" && !uncertain.has(key)).length;
  const actual = [...recovered.keys()].filter((key) => !writtenSince.has(key)).length;
  const most = certain + uncertain.size;
  return {
    store,
    name: "count",
    expected:
      uncertain.size === 0
        ? `${certain} live keys`
        : `${certain} to ${most} live keys, ${uncertain.size} of them with lost or unanswered writes`,
    actual: String(actual),
    passed: actual >= certain && actual <= most,
  };
};

/** SHA-256 of every key's content, against the writes of that key. */
export const contentCheck = (store: string, read: number, loss: Loss): EvidenceCheck => ({
  store,
  name: "digests",
  expected: "0 keys whose content no write explains",
  actual: `${listed(loss.unexpected)} (${read} read back)`,
  passed: loss.unexpected.length === 0 && read > 0,
});

/** Loss can only be told of keys that nobody has written since. */
export const untouchedCheck = (store: string, loss: Loss, { event }: Since): EvidenceCheck => ({
  store,
  name: `untouched since ${event}`,
  expected: "0 keys of before the disaster written since",
  actual: listed(loss.overwritten),
  passed: loss.overwritten.length === 0,
});

/** Chroma normalises the embeddings of a cosine collection at each import, which moves them by up to 1.3e-7; twice, and some room. */
export const COSINE_TOLERANCE = 1e-6;

/** Embeddings bit for bit, against the ledger; those of a cosine collection within the tolerance, against the embedding of the recovered document. */
export const embeddingsCheck = (entries: readonly LedgerEntry[], vectors: SeenVectors): EvidenceCheck => {
  const written = new Map(entries.map((entry) => [`${writeKey(entry)}${entry.digest}`, entry.embeddingDigest]));
  const faults = [...vectors].flatMap(([key, { collection, id, digest, embeddingDigest, space, drift }]) => {
    const noted = written.get(`${key}${digest}`);
    // Content that no write explains fails its own check; here its vector is held against its document.
    const exact = noted === undefined ? drift === 0 : noted === embeddingDigest;
    const same = space === "cosine" ? drift <= COSINE_TOLERANCE : exact;
    return same ? [] : [`${collection}/${id} (differs by up to ${drift})`];
  });
  return {
    store: "chroma",
    name: "embeddings",
    expected: `0 that differ: bit for bit, cosine collections within ${COSINE_TOLERANCE}`,
    actual: `${listed(faults)} (${vectors.size} compared)`,
    passed: faults.length === 0 && vectors.size > 0,
  };
};

/** The recovery point's own count, which the export took at the source. */
export const pointCountCheck = ({ pointId, records }: RecoveredPoint, actual: number): EvidenceCheck => ({
  store: "chroma",
  name: "count of the recovery point",
  expected: `${records} records of ${pointId}`,
  actual: String(actual),
  passed: actual === records,
});

/** What the plan promises of each store: all that was written before its time is in what was recovered. */
export const completenessCheck = (store: string, asOf: Date, loss: Loss): EvidenceCheck => {
  const early = loss.lost.filter((write) => acknowledgedBefore(write, asOf));
  return {
    store,
    name: "complete as of its time",
    expected: `0 lost writes acknowledged before ${asOf.toISOString()}`,
    actual: listed(early.map((write) => `${labelOf(write)} ${write.acknowledgedAt}`)),
    passed: early.length === 0,
  };
};

/** A store that the disaster may take nothing from: whatever it had promised before it was read is there, before the disaster and after. */
export const keptCheck = (store: string, entries: readonly LedgerEntry[], state: RecoveredState, readAt: Date): EvidenceCheck => {
  const { lost, acknowledgedWrites } = measureLoss({ entries, since: NEVER, disasterAt: readAt, recovered: state });
  return {
    store,
    name: "no acknowledged write lost",
    expected: `0 of ${acknowledgedWrites} acknowledged before ${readAt.toISOString()}, when reading began`,
    actual: listed(lost.map((write) => `${labelOf(write)} ${write.acknowledgedAt}`)),
    passed: lost.length === 0 && acknowledgedWrites > 0,
  };
};

export interface ComparedReferences {
  readonly store: LedgerStore;
  /** "references to documents" */
  readonly name: string;
  readonly compared: number;
  readonly broken: readonly BrokenReference[];
  /** Between the two stores' times. */
  readonly skewSeconds: number;
}

/** What every recovered key points to is there, but for what the stores' different times explain. */
export const referencesCheck = ({ store, name, compared, broken, skewSeconds }: ComparedReferences): EvidenceCheck => {
  const faults = broken.filter(({ insideSkew }) => !insideSkew);
  const lost = broken.length - faults.length;
  return {
    store,
    name,
    expected: `0 broken outside the skew of ${skewSeconds} s`,
    actual: `${listed(faults.map(({ from, to, reason }) => `${labelOf(from)} -> ${labelOf(to)}: ${reason}`))} (${compared} compared; ${lost} inside the skew, counted as loss)`,
    passed: faults.length === 0 && compared > 0,
  };
};
