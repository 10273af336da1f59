import type { ChromaClient } from "../chroma/client";
import { Refusal } from "../chroma/http";

/** Tells whether a collection is still there. */
export type Presence = Pick<ChromaClient, "isGone">;

/**
 * What `work` on a collection comes to; undefined when it is refused because the collection was deleted meanwhile, which applications do that rebuild
 * theirs. A 404 of a collection that is there, or that nobody can tell of, is thrown like any other failure.
 */
export const ifStillThere = async <Result>(
  source: Presence,
  collectionId: string,
  work: () => Promise<Result>,
): Promise<Result | undefined> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal && error.status === 404 && (await source.isGone(collectionId))) return undefined;
    throw error;
  }
};
