import { planKey } from "../../recovery/catalogue/keys";
import { RecoveryPlan } from "../../recovery/catalogue/plan";
import { catalogueOf } from "../shared/catalogue";
import { readJson } from "../shared/json";
import type { Sources } from "./choose";
import type { RecoveryRequest } from "./events";
import { answers } from "./request";

const FAILOVERS_PREFIX = "catalogue/recoveries/failover-";
/** A bound on the time of a refusal. Recoveries are named at random, so of more than these the newest cannot be asked for. */
const MAX_PLANS_READ = 50;

/** The plans of failovers that were asked for in the same way, newest first. What cannot be read as a plan is none. */
export const pinnedFailovers = async (sources: Sources, request: RecoveryRequest): Promise<readonly RecoveryPlan[]> => {
  const catalogue = catalogueOf(sources.vault, sources.authenticator);
  const plans: RecoveryPlan[] = [];
  let read = 0;
  for await (const key of catalogue.keys(FAILOVERS_PREFIX)) {
    if (!key.endsWith("/plan.json")) continue;
    if (read >= MAX_PLANS_READ) break;
    read += 1;
    const plan = readJson(RecoveryPlan, (await catalogue.read(key)) ?? "").value;
    if (plan?.system === sources.system && planKey(plan.recoveryId) === key && answers(plan, request)) plans.push(plan);
  }
  return plans.sort((a, b) => Date.parse(b.resolvedAt) - Date.parse(a.resolvedAt));
};
