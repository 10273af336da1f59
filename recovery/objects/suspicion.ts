import { COPIES, type Copy, type Entry } from "./entries";
import type { Side } from "./merge";

/** What a listing alone shows; whether it is so is found out by asking for the object itself. */
export interface Suspicion {
  readonly copy: Copy;
  readonly kind: "missing" | "differing" | "surplus";
}

export interface Judgement {
  /** What was written later may be on its way and is not judged. */
  readonly judgedBefore: Date;
  /** Delete markers reach the live-ready replica. They never reach the locked copies, which keep what was deleted on purpose. */
  readonly replicatesDeletes: boolean;
}

export const isJudged = (source: Entry, { judgedBefore }: Pick<Judgement, "judgedBefore">): boolean => source.lastModified < judgedBefore;

/**
 * Sizes are compared, and ETags are not: under KMS keys an ETag is no digest of the content, and replication encrypts anew.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html (ETag)
 */
export const suspicionsOf = (side: Side, judgement: Judgement): readonly Suspicion[] => {
  const { source } = side;
  if (source === undefined) return side.replica !== undefined && judgement.replicatesDeletes ? [{ copy: "replica", kind: "surplus" }] : [];
  if (!isJudged(source, judgement)) return [];
  return COPIES.flatMap((copy): Suspicion[] => {
    const held = side[copy];
    if (held === undefined) return [{ copy, kind: "missing" }];
    return held.sizeBytes === source.sizeBytes ? [] : [{ copy, kind: "differing" }];
  });
};
