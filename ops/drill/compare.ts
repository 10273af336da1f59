import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import type { EvidenceCheck, StoreEvidence } from "../../recovery/evidence/evidence";
import { type LedgerEntry, writeKey } from "../../recovery/evidence/ledger";
import { type Loss, measureLoss, type RecoveredState } from "../../recovery/evidence/loss";
import { type BrokenReference, brokenReferences } from "../../recovery/evidence/references";
import { completenessCheck, contentCheck, countCheck, embeddingsCheck, pointCountCheck, referencesCheck, untouchedCheck } from "./checks";
import type { SeenVectors } from "./recovered-vectors";

export interface ComparisonFacts {
  readonly disasterAt: Date;
  readonly primaryRegion: string;
  readonly rpoObjectiveSeconds: { readonly objects: number; readonly chroma: number };
  readonly plan: RecoveryPlan;
}

export interface Validation {
  readonly stores: { readonly objects: StoreEvidence; readonly chroma: StoreEvidence };
  readonly checks: readonly EvidenceCheck[];
  /** Those inside the skew are loss; any other failed a check. */
  readonly brokenReferences: readonly BrokenReference[];
  readonly losses: { readonly objects: Loss; readonly chroma: Loss };
}

/** Compares what was read back from the recovered stores, by `writeKey`, with the ledger. */
export const compare = (
  { disasterAt, primaryRegion, rpoObjectiveSeconds, plan }: ComparisonFacts,
  entries: readonly LedgerEntry[],
  vectors: SeenVectors,
  documents: RecoveredState,
): Validation => {
  const written = {
    objects: entries.filter(({ store }) => store === "objects"),
    chroma: entries.filter(({ store }) => store === "chroma"),
  };
  const afterCutOver = new Set(entries.filter((entry) => entry.region !== primaryRegion).map(writeKey));
  const recovered = { objects: documents, chroma: new Map([...vectors].map(([key, { digest }]) => [key, digest])) };
  const lossOf = (store: "objects" | "chroma"): Loss =>
    measureLoss({ entries: written[store], primaryRegion, disasterAt, recovered: recovered[store] });
  const losses = { objects: lossOf("objects"), chroma: lossOf("chroma") };

  const compared = [...vectors].filter(([key]) => !afterCutOver.has(key)).map(([, vector]) => vector);
  const objectKeys = new Set(written.objects.filter((entry) => documents.has(writeKey(entry))).map(({ key }) => key));
  const { chroma, objects } = plan.stores;
  const broken =
    chroma === undefined || objects === undefined
      ? []
      : brokenReferences({
          references: compared,
          objectKeys,
          entries,
          objectsAsOf: new Date(objects.asOf),
          chromaAsOf: new Date(chroma.asOf),
        });
  const counts = { disasterAt, primaryRegion, afterCutOver };
  return {
    stores: {
      objects: storeEvidence(losses.objects, rpoObjectiveSeconds.objects),
      chroma: storeEvidence(losses.chroma, rpoObjectiveSeconds.chroma),
    },
    losses,
    brokenReferences: broken,
    checks: [
      countCheck("objects", written.objects, recovered.objects, losses.objects, counts),
      contentCheck("objects", recovered.objects.size, losses.objects),
      untouchedCheck("objects", losses.objects),
      ...(objects === undefined ? [] : [completenessCheck("objects", objects.asOf, losses.objects)]),
      countCheck("chroma", written.chroma, recovered.chroma, losses.chroma, counts),
      contentCheck("chroma", recovered.chroma.size, losses.chroma),
      untouchedCheck("chroma", losses.chroma),
      embeddingsCheck(written.chroma, vectors),
      ...(chroma === undefined ? [] : [pointCountCheck(chroma, compared.length), completenessCheck("chroma", chroma.asOf, losses.chroma)]),
      referencesCheck(compared.length, broken, plan.skewSeconds),
    ],
  };
};

const storeEvidence = ({ lossSeconds, acknowledgedWrites, lostWrites, recovered }: Loss, rpoObjectiveSeconds: number): StoreEvidence => ({
  lossSeconds,
  acknowledgedWrites,
  lostWrites,
  recovered,
  rpoObjectiveSeconds,
  met: lossSeconds <= rpoObjectiveSeconds,
});
