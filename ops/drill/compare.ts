import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { EvidenceCheck, StoreEvidence } from "../../recovery/evidence/evidence";
import { type LedgerEntry, type LedgerStore, writeKey } from "../../recovery/evidence/ledger";
import { type Loss, measureLoss, type RecoveredState } from "../../recovery/evidence/loss";
import type { BrokenReference } from "../../recovery/evidence/references";
import { completenessCheck, contentCheck, countCheck, embeddingsCheck, pointCountCheck, referencesCheck, untouchedCheck } from "./checks";
import { exactnessCheck, sinceCutOverCheck, tornCheck, unplannedCheck } from "./checks-commits";
import { constraintsCheck, primaryCheck, sequencesCheck } from "./checks-database";
import { comparedReferences } from "./compared-references";
import type { Recovered } from "./recovered";
import { databaseState, type SeenDatabase } from "./recovered-postgres";
import type { SeenVectors } from "./recovered-vectors";

export interface ComparisonFacts {
  readonly disasterAt: Date;
  readonly primaryRegion: string;
  readonly rpoObjectiveSeconds: Readonly<Record<LedgerStore, number>>;
  readonly plan: RecoveryPlan;
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
  const { disasterAt, primaryRegion, rpoObjectiveSeconds, plan } = facts;
  const afterCutOver = new Set(entries.filter((entry) => entry.region !== primaryRegion).map(writeKey));
  const counts = { disasterAt, primaryRegion, afterCutOver };
  const compareStore = (store: LedgerStore, state: RecoveredState) => {
    const written = entries.filter((entry) => entry.store === store);
    const loss = measureLoss({ entries: written, primaryRegion, disasterAt, recovered: state });
    const asOf = plan.stores[store]?.asOf;
    const checks = [
      countCheck(store, written, state, loss, counts),
      contentCheck(store, state.size, loss),
      untouchedCheck(store, loss),
      ...(asOf === undefined ? [] : [completenessCheck(store, asOf, loss)]),
    ];
    return { written, loss, checks, evidence: storeEvidence(loss, rpoObjectiveSeconds[store]) };
  };
  const postgres = compareStore("postgres", databaseState(recovered.database));
  const objects = compareStore("objects", recovered.documents);
  const chroma = compareStore("chroma", new Map([...recovered.vectors].map(([key, { digest }]) => [key, digest])));
  const references = comparedReferences(plan, entries, recovered, afterCutOver);
  return {
    stores: { postgres: postgres.evidence, objects: objects.evidence, chroma: chroma.evidence },
    losses: { postgres: postgres.loss, objects: objects.loss, chroma: chroma.loss },
    brokenReferences: references.flatMap(({ broken }) => broken),
    checks: [
      ...postgres.checks,
      ...databaseChecks(facts, postgres.written, recovered.database),
      ...objects.checks,
      ...chroma.checks,
      ...vectorChecks(plan, chroma.written, recovered.vectors, afterCutOver),
      ...references.map(referencesCheck),
    ],
  };
};

const databaseChecks = (
  { primaryRegion, plan }: ComparisonFacts,
  written: readonly LedgerEntry[],
  database: SeenDatabase,
): readonly EvidenceCheck[] => {
  const asOf = plan.stores.postgres?.asOf;
  return [
    asOf === undefined ? unplannedCheck : exactnessCheck(written, database, { primaryRegion, asOf: new Date(asOf) }),
    tornCheck(written, database),
    sinceCutOverCheck(written, database, { primaryRegion, readAt: database.readAt }),
    sequencesCheck(database),
    constraintsCheck(database),
    primaryCheck(database),
  ];
};

const vectorChecks = (
  { stores: { chroma } }: RecoveryPlan,
  written: readonly LedgerEntry[],
  vectors: SeenVectors,
  afterCutOver: ReadonlySet<string>,
): readonly EvidenceCheck[] => [
  embeddingsCheck(written, vectors),
  ...(chroma === undefined ? [] : [pointCountCheck(chroma, [...vectors.keys()].filter((key) => !afterCutOver.has(key)).length)]),
];

const storeEvidence = ({ lossSeconds, acknowledgedWrites, lostWrites, recovered }: Loss, rpoObjectiveSeconds: number): StoreEvidence => ({
  lossSeconds,
  acknowledgedWrites,
  lostWrites,
  recovered,
  rpoObjectiveSeconds,
  met: lossSeconds <= rpoObjectiveSeconds,
});
