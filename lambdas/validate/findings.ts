import type { Check } from "../../recovery/catalogue/point";
import { LISTED_REFERENCES, type MissingReference } from "./events";
import type { Explanation } from "./explain";

/** Missing references of one kind: all counted, the first ones listed. */
export interface Missing {
  count: number;
  readonly listed: MissingReference[];
}

export interface ReferenceFindings {
  readonly checks: Check[];
  readonly broken: Missing;
  readonly loss: Missing;
}

export const noFindings = (): ReferenceFindings => ({ checks: [], broken: { count: 0, listed: [] }, loss: { count: 0, listed: [] } });

/** What one configured reference came to. */
export interface Counted {
  named: number;
  broken: number;
  loss: number;
}

/** Notes what is missing as loss, where something explains it, and as broken otherwise. */
export const note = (findings: ReferenceFindings, counted: Counted, { isLoss }: Explanation, reference: MissingReference): void => {
  const missing = isLoss ? findings.loss : findings.broken;
  counted[isLoss ? "loss" : "broken"] += 1;
  missing.count += 1;
  if (missing.listed.length < LISTED_REFERENCES) missing.listed.push(reference);
};

export const referenceCheck = (name: string, { named, broken, loss }: Counted): Check => ({
  name,
  expected: `0 broken of ${named}`,
  actual: `${broken} broken of ${named}${loss === 0 ? "" : `, ${loss} lost`}`,
  passed: broken === 0,
});
