import { planKey } from "../../recovery/catalogue/keys";
import { type RecoveryPlan, skewSeconds } from "../../recovery/catalogue/plan";
import { LifeboatError } from "../../recovery/errors";
import { catalogueOf } from "../shared/catalogue";
import type { ObjectStore } from "../shared/objects";
import { findPlan, requirePlan } from "../shared/plans";
import { chooseChroma } from "./chroma";
import type { ResolveEvent } from "./events";
import { chooseObjects } from "./objects";

export interface ResolveTools {
  readonly system: string;
  readonly vault: ObjectStore;
  readonly documentsReplica: ObjectStore;
  readonly now: () => Date;
}

/** Decides once what a recovery restores, and pins it: whoever asks again, or at the same time, gets the plan that was written first. */
export const resolve = async (tools: ResolveTools, event: ResolveEvent): Promise<RecoveryPlan> => {
  const pinned = await findPlan(tools.vault, tools.system, event.recoveryId);
  if (pinned !== undefined) return sameRequest(pinned, event);
  refuseUnsupported(event);
  const plan = await choose(tools, event);
  const put = await tools.vault.put(planKey(event.recoveryId), JSON.stringify(plan), { contentType: "application/json", ifAbsent: true });
  if (put.written) return plan;
  return sameRequest(await requirePlan(tools.vault, tools.system, event.recoveryId), event);
};

const choose = async ({ system, vault, documentsReplica, now }: ResolveTools, event: ResolveEvent): Promise<RecoveryPlan> => {
  const notAfter = event.time === undefined ? undefined : new Date(event.time);
  const chroma = event.stores.includes("chroma") ? await chooseChroma(catalogueOf(vault), system, notAfter) : undefined;
  const objects = event.stores.includes("objects") ? await chooseObjects(documentsReplica, system, notAfter) : undefined;
  const problems = [chroma?.problem, objects?.problem].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw noPoint(problems, event);
  const stores = { chroma: chroma?.chosen, objects: objects?.chosen };
  return {
    schema: "lifeboat/recovery-plan/1",
    system,
    recoveryId: event.recoveryId,
    mode: event.mode,
    strategy: event.strategy,
    requestedTime: event.time,
    resolvedAt: now().toISOString(),
    stores,
    skewSeconds: skewSeconds([stores.chroma?.asOf, stores.objects?.asOf].filter((time) => time !== undefined)),
  };
};

const sameRequest = (plan: RecoveryPlan, event: ResolveEvent): RecoveryPlan => {
  const planned = describe(plan.mode, plan.strategy, plan.requestedTime, Object.keys(plan.stores));
  const asked = describe(event.mode, event.strategy, event.time, event.stores);
  if (planned === asked) return plan;
  throw new LifeboatError({
    code: "target-refused",
    what: `Recovery ${event.recoveryId} is pinned to another request`,
    received: asked,
    allowed: planned,
    hint: "Set the configuration back, or give the new request a recovery id of its own",
  });
};

const describe = (mode: string, strategy: string, time: string | undefined, stores: readonly string[]): string =>
  `${mode}, ${strategy}${time === undefined ? "" : ` ${time}`}, stores ${[...stores].sort().join(" and ")}`;

/** The replica becomes the live bucket as it is: an earlier time of it would need versions to be put back in place. */
const refuseUnsupported = (event: ResolveEvent): void => {
  if (event.mode !== "failover" || event.strategy !== "point-in-time" || !event.stores.includes("objects")) return;
  throw new LifeboatError({
    code: "unsupported",
    what: "A failover cannot take the documents back to an earlier time",
    received: `mode failover, strategy point-in-time ${event.time}, stores ${event.stores.join(", ")}`,
    allowed: "strategy latest in mode failover; strategy point-in-time in mode drill",
    hint: "Fail over with strategy latest, or recover Chroma alone and restore the documents by a drill's bucket",
  });
};

const noPoint = (problems: readonly string[], event: ResolveEvent): LifeboatError =>
  new LifeboatError({
    code: "no-recovery-point",
    what: "There is nothing to recover from",
    received: problems.join("; "),
    allowed: event.time === undefined ? "a point that is sealed, locked and read back" : `such a point of ${event.time} or earlier`,
    hint: "See the seal and verify functions' logs for why; with strategy point-in-time, ask for a later time",
  });
