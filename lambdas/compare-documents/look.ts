import { addFinding, type Tally } from "../../recovery/objects/comparison";
import type { Side } from "../../recovery/objects/merge";
import { isJudged, type Judgement, type Suspicion, suspicionsOf } from "../../recovery/objects/suspicion";
import type { Examined } from "./examine";

/** A closer look is three requests: enough at a time that latency does not add up, few enough that no store notices. */
export const EXAMINED_IN_FLIGHT = 16;

/** Disagreements that are looked at in one comparison. Beyond it something is wrong with all of them, and the listings' word is enough. */
export const EXAMINED_AT_MOST = 2_000;

/** Counts a key, and says whether it is looked at closely: because what is known of its copies does not fit, or because its turn has come. */
export const lookAt = (tally: Tally, side: Side, judgement: Judgement, itsTurn: boolean): Examined | undefined => {
  const judged = side.source !== undefined && isJudged(side.source, judgement);
  if (side.source !== undefined) tally[judged ? "judged" : "young"] += 1;
  const suspicions = suspicionsOf(side, judgement);
  const sampled = judged && itsTurn;
  if (suspicions.length === 0 && !sampled) return undefined;
  if (sampled || tally.examined < EXAMINED_AT_MOST) return { side, suspicions, sampled };
  takeAtItsWord(tally, side, suspicions);
  return undefined;
};

/** A surplus is a finding only when its deletion was seen. */
const takeAtItsWord = (tally: Tally, { key }: Side, suspicions: readonly Suspicion[]): void => {
  tally.unexamined += 1;
  for (const { copy, kind } of suspicions)
    if (kind !== "surplus") addFinding(tally, { kind, copy, key, detail: "by the listings alone: there were too many to look at" });
};
