import type { ObjectStore } from "../../../lambdas/shared/objects";
import type { Step } from "../../../local/progress";
import type { ExportFacts, ExportKind } from "../../../recovery/catalogue/export";
import { pointKey } from "../../../recovery/catalogue/keys";
import { type CatalogueReader, judge } from "../../../recovery/catalogue/select";
import type { Series } from "../../../recovery/catalogue/series";
import { factsOf, recentExports } from "./exports";
import type { Run, Starter } from "./starter";

export interface FollowTools {
  readonly system: string;
  readonly staging: ObjectStore;
  readonly catalogue: CatalogueReader;
  readonly now: () => Date;
  readonly pause: () => Promise<void>;
  readonly signal: AbortSignal;
  /** After it, nothing is waited for any more. */
  readonly deadline: Date;
}

/** A point that a run made. */
export interface MadePoint {
  readonly series: Series;
  readonly pointId: string;
  readonly asOf: string;
  readonly records: number;
  readonly outcome: "proven" | "refused" | "not in time";
  readonly reason: string;
}

export type Followed =
  | { readonly outcome: "done"; readonly points: readonly MadePoint[] }
  | { readonly outcome: "unchanged" }
  | { readonly outcome: "failed"; readonly reason: string };

/** The phases of a run that a person sees: exported, sealed, read back. */
const PHASES = { exporting: 0.1, sealing: 0.5, proving: 0.8 } as const;

/** Follows a run until all that it exported is sealed and read back. What stood in staging before it is not its own. */
export const followRun = async (
  tools: FollowTools,
  starter: Starter,
  kind: ExportKind,
  run: Run,
  before: ReadonlySet<string>,
  startedAt: Date,
  step: Step,
): Promise<Followed> => {
  for (;;) {
    const state = await run.state();
    if (state.kind === "failed") return { outcome: "failed", reason: `${run.name}: ${state.reason}` };
    if (state.kind === "succeeded") break;
    step.update(state.detail, PHASES.exporting);
    if (!(await mayWait(tools))) return { outcome: "failed", reason: `${run.name} has not ended in time; it goes on` };
  }
  const made = [...(await recentExports(tools.staging, kind, startedAt))].filter((pointId) => !before.has(pointId));
  if (made.length === 0)
    return starter.onChange ? { outcome: "unchanged" } : { outcome: "failed", reason: `${run.name} succeeded and exported nothing` };
  const points: MadePoint[] = [];
  for (const pointId of made) {
    const facts = await factsOf(tools.staging, kind, pointId);
    if (facts !== undefined) points.push(await followPoint(tools, facts, step));
  }
  return { outcome: "done", points };
};

const followPoint = async (tools: FollowTools, facts: ExportFacts, step: Step): Promise<MadePoint> => {
  const { series, pointId, asOf, counts } = facts;
  const key = pointKey(series, asOf, pointId);
  const made = { series, pointId, asOf, records: counts.written };
  for (;;) {
    const judged = await judge(tools.catalogue, tools.system, series, key);
    if (judged.usable) return { ...made, outcome: "proven", reason: judged.reason };
    // Absent or unread may pass; anything else is a word on it.
    const isSealed = judged.point !== undefined;
    if (isSealed && judged.pending !== true) return { ...made, outcome: "refused", reason: judged.reason };
    step.update(`${pointId}, ${isSealed ? "being read back" : "on its way to the vault"}`, isSealed ? PHASES.proving : PHASES.sealing);
    if (!(await mayWait(tools)))
      return {
        ...made,
        outcome: "not in time",
        reason: isSealed ? judged.reason : "it has not been sealed: see docs/runbooks/refused-point.md",
      };
  }
};

const mayWait = async ({ now, pause, signal, deadline }: FollowTools): Promise<boolean> => {
  signal.throwIfAborted();
  if (now() >= deadline) return false;
  await pause();
  signal.throwIfAborted();
  return true;
};
