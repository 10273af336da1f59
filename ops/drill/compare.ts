import type { EvidenceCheck, StoreEvidence } from "../../recovery/evidence/evidence";
import { type LedgerEntry, type LedgerStore, writeKey } from "../../recovery/evidence/ledger";
import { type Loss, measureLoss, type RecoveredState } from "../../recovery/evidence/loss";
import type { BrokenReference } from "../../recovery/evidence/references";
import type { Since } from "../../recovery/evidence/since";
import type { AsOf } from "./as-of";
import {
  completenessCheck,
  contentCheck,
  countCheck,
  embeddingsCheck,
  keptCheck,
  pointCountCheck,
  type RecoveredPoint,
  referencesCheck,
  untouchedCheck,
} from "./checks";
import { exactnessCheck, tornCheck, unplannedCheck, writtenSinceCheck } from "./checks-commits";
import { constraintsCheck, primaryCheck, sequencesCheck } from "./checks-database";
import { comparedReferences } from "./compared-references";
import type { Recovered } from "./recovered";
import { databaseState, type SeenDatabase } from "./recovered-postgres";
import type { SeenVectors } from "./recovered-vectors";

export interface ComparisonFacts {
  readonly disasterAt: Date;
  readonly since: Since;
  readonly rpoObjectiveSeconds: Readonly<Record<LedgerStore, number>>;
  readonly asOf: AsOf;
  /** That the vectors were restored from; absent where they were not. */
  readonly point?: RecoveredPoint;
  /** Stores that may not lose anything, whenever it was acknowledged. */
  readonly keeping?: readonly LedgerStore[];
}

export interface Validation {
  readonly stores: Readonly<Record<LedgerStore, StoreEvidence>>;
  readonly checks: readonly EvidenceCheck[];
  /** Those inside the skew are loss; any other failed a check. */
  readonly brokenReferences: readonly BrokenReference[];
  readonly losses: Readonly<Record<LedgerStore, Loss>>;
}

/** Compares what was read back with the ledger. */
export const compare = (facts: ComparisonFacts, entries: readonly LedgerEntry[], recovered: Recovered): Validation => {
  const { disasterAt, since, rpoObjectiveSeconds, keeping = [] } = facts;
  const writtenSince = new Set(entries.filter((entry) => since.includes(entry)).map(writeKey));
  const counts = { disasterAt, since, writtenSince };
  const compareStore = (store: LedgerStore, state: RecoveredState) => {
    const written = entries.filter((entry) => entry.store === store);
    const loss = measureLoss({ entries: written, since, disasterAt, recovered: state });
    const asOf = facts.asOf[store];
    const checks = [
      countCheck(store, written, state, loss, counts),
      contentCheck(store, state.size, loss),
      untouchedCheck(store, loss, since),
      ...(asOf === undefined ? [] : [completenessCheck(store, asOf, loss)]),
      ...(keeping.includes(store) ? [keptCheck(store, written, state, recovered.database.readAt)] : []),
    ];
    return { written, loss, checks, evidence: storeEvidence(loss, rpoObjectiveSeconds[store]) };
  };
  const postgres = compareStore("postgres", databaseState(recovered.database));
  const objects = compareStore("objects", recovered.documents);
  const chroma = compareStore("chroma", new Map([...recovered.vectors].map(([key, { digest }]) => [key, digest])));
  const references = comparedReferences(facts.asOf, entries, recovered, writtenSince);
  return {
    stores: { postgres: postgres.evidence, objects: objects.evidence, chroma: chroma.evidence },
    losses: { postgres: postgres.loss, objects: objects.loss, chroma: chroma.loss },
    brokenReferences: references.flatMap(({ broken }) => broken),
    checks: [
      ...postgres.checks,
      ...databaseChecks(facts, postgres.written, recovered.database),
      ...objects.checks,
      ...chroma.checks,
      ...vectorChecks(facts, chroma.written, recovered.vectors, writtenSince),
      ...references.map(referencesCheck),
    ],
  };
};

const databaseChecks = (
  { since, asOf: { postgres: asOf } }: ComparisonFacts,
  written: readonly LedgerEntry[],
  database: SeenDatabase,
): readonly EvidenceCheck[] => [
  asOf === undefined ? unplannedCheck : exactnessCheck(written, database, { since, asOf }),
  tornCheck(written, database),
  writtenSinceCheck(written, database, { since, readAt: database.readAt }),
  sequencesCheck(database),
  constraintsCheck(database),
  primaryCheck(database),
];

const vectorChecks = (
  { point }: ComparisonFacts,
  written: readonly LedgerEntry[],
  vectors: SeenVectors,
  writtenSince: ReadonlySet<string>,
): readonly EvidenceCheck[] => [
  embeddingsCheck(written, vectors),
  ...(point === undefined ? [] : [pointCountCheck(point, [...vectors.keys()].filter((key) => !writtenSince.has(key)).length)]),
];

const storeEvidence = ({ lossSeconds, acknowledgedWrites, lostWrites, recovered }: Loss, rpoObjectiveSeconds: number): StoreEvidence => ({
  lossSeconds,
  acknowledgedWrites,
  lostWrites,
  recovered,
  rpoObjectiveSeconds,
  met: lossSeconds <= rpoObjectiveSeconds,
});
