import { sign } from "../../../../recovery/catalogue/authenticity";
import { laterProofKey, pointKey, proofKeyOf } from "../../../../recovery/catalogue/keys";
import type { Proof } from "../../../../recovery/catalogue/point";
import { type Subject, seriesOfSubject } from "../../../../recovery/configuration/subjects";
import { CATALOGUE_KEY } from "../../../support/authenticity";
import type { MemoryObjects } from "../../../support/memory-objects";

export interface ProofOf {
  readonly subject: Subject;
  readonly pointId: string;
  readonly asOf: Date;
  readonly system?: string;
  readonly passed?: boolean;
  /** Written beside the first proof, at this time. */
  readonly later?: Date;
}

/** A proof as it stands in the vault's catalogue. Returns its key. */
export const writeProof = async (
  vault: MemoryObjects,
  { subject, pointId, asOf, system = "acme", passed = true, later }: ProofOf,
): Promise<string> => {
  const entryKey = pointKey(seriesOfSubject(subject), asOf.toISOString(), pointId);
  const key = later === undefined ? proofKeyOf(entryKey) : laterProofKey(entryKey, later.toISOString());
  const proof: Proof = {
    ...{ schema: "lifeboat/proof/2", system, store: "configuration", pointId, entrySha256: "0".repeat(64) },
    ...{ verifiedAt: (later ?? asOf).toISOString(), passed, checks: [] },
  };
  await vault.put(key, await sign(CATALOGUE_KEY, key, proof), { contentType: "application/json" });
  return key;
};
