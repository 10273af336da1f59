import type { CatalogueReader } from "../../../recovery/catalogue/select";
import { listSets, type RecoverySet } from "../../../recovery/catalogue/set";
import type { Stranger } from "./gather";

/** A recovery set for an operator: what a recovery of all stores to about this time would take. Times are ISO, UTC. */
export interface ListedSet extends Pick<RecoverySet, "setId" | "takenAt" | "asOf" | "skewSeconds" | "missing"> {
  readonly ageSeconds: number;
  /** The exports that it pins, by their ids. */
  readonly points: readonly string[];
}

export interface ListedSets {
  /** Newest first. */
  readonly sets: readonly ListedSet[];
  readonly strangers: readonly Stranger[];
  /** Whether older ones were not read. */
  readonly more: boolean;
}

/** How many foreign objects are passed over: whoever puts names among the sets must not hide them, nor hold a person up for long. */
const MAX_STRANGERS = 100;

/** The newest sets, each read by itself: whoever lists a year of them reads no more than these. */
export const gatherSets = async (catalogue: CatalogueReader, system: string, now: Date, limit: number): Promise<ListedSets> => {
  const sets: ListedSet[] = [];
  const strangers: Stranger[] = [];
  for await (const { key, set, problem } of listSets(catalogue, system)) {
    if (sets.length === limit || strangers.length === MAX_STRANGERS) return { sets, strangers, more: true };
    if (set === undefined) strangers.push({ key, reason: problem ?? "it is none" });
    else sets.push(listed(set, now));
  }
  return { sets, strangers, more: false };
};

const listed = ({ setId, takenAt, asOf, skewSeconds, missing, stores }: RecoverySet, now: Date): ListedSet => ({
  ...{ setId, takenAt, asOf, skewSeconds, missing },
  ageSeconds: Math.max(0, (now.getTime() - Date.parse(takenAt)) / 1000),
  points: [stores.postgres?.dump, stores.chroma, ...(stores.configuration ?? [])].flatMap((pin) => pin?.pointId ?? []),
});
