import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import { LifeboatError } from "../../recovery/errors";
import type { RecoveryRequest, ResolveEvent } from "./events";

/** The plan, when this is what was asked for then; an error that names both otherwise. */
export const sameRequest = (plan: RecoveryPlan, event: ResolveEvent): RecoveryPlan => {
  if (answers(plan, event)) return plan;
  throw new LifeboatError({
    code: "target-refused",
    what: `Recovery ${event.recoveryId} is pinned to another request`,
    received: describeRequest(event),
    allowed: describePlanned(plan),
    hint: "Set the configuration back, or give the new request a recovery id of its own",
  });
};

/** Whether a plan is one of what is asked for. */
export const answers = (plan: RecoveryPlan, request: RecoveryRequest): boolean => describePlanned(plan) === describeRequest(request);

const describePlanned = (plan: RecoveryPlan): string =>
  describe({ ...plan, time: plan.requestedTime, method: plan.stores.postgres?.method, stores: Object.keys(plan.stores) });

const describeRequest = (request: RecoveryRequest): string =>
  describe({ ...request, method: request.stores.includes("postgres") ? request.database : undefined });

interface Request {
  readonly mode: string;
  readonly strategy: string;
  readonly time?: string;
  readonly method?: string;
  readonly stores: readonly string[];
}

const describe = ({ mode, strategy, time, method, stores }: Request): string =>
  `${mode}, ${strategy}${time === undefined ? "" : ` ${time}`}${method === undefined ? "" : `, database by ${method}`}, stores ${[...stores].sort().join(", ")}`;
