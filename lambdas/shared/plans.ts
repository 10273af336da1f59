import { planKey } from "../../recovery/catalogue/keys";
import { RecoveryPlan } from "../../recovery/catalogue/plan";
import { LifeboatError } from "../../recovery/errors";
import { readJson } from "./json";
import { getText, type ObjectStore } from "./objects";

/** The pinned plan of a recovery; undefined when it has not been resolved. A plan that cannot be read is an error: nothing may be done by half of it. */
export const findPlan = async (vault: ObjectStore, system: string, recoveryId: string): Promise<RecoveryPlan | undefined> => {
  const text = await getText(vault, planKey(recoveryId));
  if (text === undefined) return undefined;
  const plan = readJson(RecoveryPlan, text);
  const { value } = plan;
  if (value !== undefined && value.system === system && value.recoveryId === recoveryId) return value;
  throw new LifeboatError({
    code: "target-refused",
    what: `The plan of recovery ${recoveryId} cannot be used`,
    received: plan.problem ?? `a plan of ${value?.system}/${value?.recoveryId}`,
    allowed: `a plan of ${system}/${recoveryId}`,
    hint: "Choose another recovery id, and find out who wrote this one",
  });
};

/** The pinned plan of a recovery, which must have been resolved. */
export const requirePlan = async (vault: ObjectStore, system: string, recoveryId: string): Promise<RecoveryPlan> => {
  const plan = await findPlan(vault, system, recoveryId);
  if (plan !== undefined) return plan;
  throw new LifeboatError({
    code: "target-refused",
    what: `Recovery ${recoveryId} has no plan`,
    received: `nothing under ${planKey(recoveryId)}`,
    hint: "Resolve it first: `dr` does so before it restores anything",
  });
};
