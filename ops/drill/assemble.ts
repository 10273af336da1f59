import { type Evidence, evidenceOf } from "../../recovery/evidence/evidence";
import { OBJECTIVES } from "./profile";
import type { Findings, Scenario } from "./scenario";

/** Puts the evidence together: what a scenario observed, judged and validated. */
export const assembleEvidence = (
  { name }: Pick<Scenario, "name">,
  startedAt: Date,
  { disasterAt, servedAt, ...findings }: Findings,
): Evidence =>
  evidenceOf({
    ...findings,
    scenario: name,
    startedAt: startedAt.toISOString(),
    disasterAt: disasterAt.toISOString(),
    recoveredAt: servedAt?.toISOString() ?? null,
    rtoSeconds: servedAt === undefined ? null : (servedAt.getTime() - disasterAt.getTime()) / 1000,
    rtoObjectiveSeconds: OBJECTIVES.rtoSeconds,
  });
