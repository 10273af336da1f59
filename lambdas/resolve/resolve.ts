import { planKey } from "../../recovery/catalogue/keys";
import { type RecoveryPlan, skewSeconds } from "../../recovery/catalogue/plan";
import { LifeboatError } from "../../recovery/errors";
import type { Log } from "../shared/log";
import { findPlan, requirePlan } from "../shared/plans";
import { describeRefusal } from "./choice";
import { choose, type Sources } from "./choose";
import type { ResolveEvent } from "./events";
import { sameRequest } from "./request";

export interface ResolveTools extends Sources {
  readonly log: Log;
  readonly now: () => Date;
}

/** Decides once what a recovery restores, and pins it: whoever asks again, or at the same time, gets the plan that was written first. */
export const resolve = async (tools: ResolveTools, event: ResolveEvent): Promise<RecoveryPlan> => {
  const pinned = await findPlan(tools.vault, tools.system, event.recoveryId);
  if (pinned !== undefined) return sameRequest(pinned, event);
  const plan = await makePlan(tools, event);
  const put = await tools.vault.put(planKey(event.recoveryId), JSON.stringify(plan), { contentType: "application/json", ifAbsent: true });
  if (put.written) {
    const incomplete = plan.stores.objects?.incompleteBackfill;
    if (incomplete !== undefined) tools.log.warn("documents of before the protection may be missing", { reason: incomplete.reason });
    return plan;
  }
  return sameRequest(await requirePlan(tools.vault, tools.system, event.recoveryId), event);
};

const makePlan = async (tools: ResolveTools, event: ResolveEvent): Promise<RecoveryPlan> => {
  const resolvedAt = tools.now();
  const { stores, refused } = await choose(tools, event, resolvedAt);
  if (refused.length > 0) throw noPoint(refused.map(describeRefusal), event);
  return {
    schema: "lifeboat/recovery-plan/1",
    system: tools.system,
    recoveryId: event.recoveryId,
    mode: event.mode,
    strategy: event.strategy,
    requestedTime: event.time,
    resolvedAt: resolvedAt.toISOString(),
    stores,
    skewSeconds: skewSeconds(Object.values(stores).flatMap((store) => store?.asOf ?? [])),
  };
};

const noPoint = (problems: readonly string[], event: ResolveEvent): LifeboatError =>
  new LifeboatError({
    code: "no-recovery-point",
    what: "There is no state to recover to of every store that was asked for",
    received: problems.join("; "),
    allowed:
      event.time === undefined
        ? "a restorable time of the database, and of the others a state that has arrived and was proven"
        : `a database that can be restored to ${event.time}, and of the others such a state of then or earlier`,
    hint: "With strategy point-in-time, ask for a time that is usable; otherwise the seal, verify and watch functions' logs say why nothing is",
  });
