import { type Authentic, type CatalogueReader, openAs } from "./authentic";
import { isLaterProofOf, proofKeyOf, proofsPrefixOf } from "./keys";
import { Proof, type RecoveryPoint } from "./point";

export interface Verdict {
  /** The newest authentic proof of this entry; undefined when there is none. */
  readonly proof?: Proof;
  /** What is wrong with what stands in a proof's place. */
  readonly strangers: readonly string[];
}

/**
 * The newest word on an entry. A point is read back when it is sealed and again by rotation; a reading that ends otherwise than the one before it is
 * written beside the first proof, newest first, and wins: a point that no longer reads back is not restored from.
 */
export const verdictOn = async (catalogue: CatalogueReader, entryKey: string, entry: Authentic<RecoveryPoint>): Promise<Verdict> => {
  const strangers: string[] = [];
  let first: Proof | undefined;
  for await (const written of catalogue.versions(proofsPrefixOf(entryKey))) {
    const isFirst = written.key === proofKeyOf(entryKey);
    if (!isFirst && !isLaterProofOf(entryKey, written.key)) continue;
    // Later versions of what is written once say nothing.
    if (isFirst && first !== undefined) continue;
    const { found, problem } = await openAs(catalogue.authenticator, Proof, written);
    if (found === undefined) {
      strangers.push(problem);
      continue;
    }
    if (found.value.pointId !== entry.value.pointId || found.value.entrySha256 !== entry.sha256) {
      strangers.push("it is of another entry");
      continue;
    }
    if (!isFirst) return { proof: found.value, strangers };
    first = found.value;
  }
  return first === undefined ? { strangers } : { proof: first, strangers };
};
