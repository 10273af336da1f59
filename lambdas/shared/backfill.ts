import { LifeboatError } from "../../recovery/errors";
import { BACKFILL_KEY, Backfill } from "../../recovery/existing/backfill";
import { readJson } from "./json";
import { getText, type ObjectStore } from "./objects";

/**
 * What was written down of a bucket's backfill, in the bucket itself or in a replica of it; undefined when there is none, as in a bucket that Lifeboat
 * made. @throws LifeboatError `internal` when it cannot be read.
 */
export const readBackfill = async (documents: ObjectStore): Promise<Backfill | undefined> => {
  const text = await getText(documents, BACKFILL_KEY);
  if (text === undefined) return undefined;
  const { value, problem } = readJson(Backfill, text);
  if (value !== undefined) return value;
  throw new LifeboatError({
    code: "internal",
    what: `s3://${documents.bucket}/${BACKFILL_KEY} cannot be read`,
    received: problem,
    allowed: "what Lifeboat writes there",
    hint: "Delete the object: the next deployment asks for the backfill again",
  });
};
