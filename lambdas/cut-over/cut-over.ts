import * as z from "zod";
import { cutOverKey, validationKey } from "../../recovery/catalogue/keys";
import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import { LiveEndpoints } from "../../recovery/catalogue/standing";
import { LifeboatError } from "../../recovery/errors";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";
import { requirePlan } from "../shared/plans";
import { ValidateResponse } from "../validate/events";
import type { CutOverEvent, CutOverResponse } from "./events";
import type { LiveParameter } from "./live-parameter";

export interface CutOverTools {
  readonly system: string;
  readonly vault: ObjectStore;
  readonly live: LiveParameter;
  readonly now: () => Date;
}

/** What was decided, written once before the parameter is: what stood there before, and where to. */
const Decision = z.object({
  schema: z.literal("lifeboat/cut-over/1"),
  recoveryId: z.string(),
  decidedAt: z.iso.datetime(),
  endpoints: LiveEndpoints,
  previous: z.string().nullable(),
  previousVersion: z.int().nonnegative(),
});
type Decision = z.infer<typeof Decision>;

/** Sends applications to the recovered stores, once. A second call finishes an interrupted one and changes nothing after that. */
export const cutOver = async (tools: CutOverTools, event: CutOverEvent): Promise<CutOverResponse> => {
  const plan = await requirePlan(tools.vault, tools.system, event.recoveryId);
  await refuseUnvalidated(tools, plan, event);
  const decision = await decide(tools, event);
  const value = JSON.stringify(decision.endpoints);

  const standing = await tools.live.read();
  if ((standing?.version ?? 0) === decision.previousVersion) await tools.live.write(value);
  else if (standing?.value !== value) throw movedOn(event.recoveryId, decision, standing?.value);
  const written = await tools.live.read();
  if (written?.value !== value) throw movedOn(event.recoveryId, decision, written?.value);
  return {
    recoveryId: event.recoveryId,
    cutOverAt: written.changedAt.toISOString(),
    endpoints: decision.endpoints,
    previous: decision.previous,
  };
};

/** The parameter's version tells an unfinished cut-over from one that was undone later, by a failback: that one must not be repeated. */
const decide = async ({ vault, live, now }: CutOverTools, { recoveryId, endpoints }: CutOverEvent): Promise<Decision> => {
  const before = await live.read();
  const fresh: Decision = {
    schema: "lifeboat/cut-over/1",
    recoveryId,
    decidedAt: now().toISOString(),
    endpoints,
    previous: before?.value ?? null,
    previousVersion: before?.version ?? 0,
  };
  const put = await vault.put(cutOverKey(recoveryId), JSON.stringify(fresh), { contentType: "application/json", ifAbsent: true });
  if (put.written) return fresh;
  const pinned = readJson(Decision, (await getText(vault, cutOverKey(recoveryId))) ?? "");
  if (pinned.value !== undefined && JSON.stringify(pinned.value.endpoints) === JSON.stringify(endpoints)) return pinned.value;
  throw refused(
    `Recovery ${recoveryId} was cut over to other endpoints`,
    JSON.stringify(endpoints),
    pinned.problem ?? JSON.stringify(pinned.value?.endpoints),
  );
};

const refuseUnvalidated = async (
  { system, vault }: CutOverTools,
  plan: RecoveryPlan,
  { recoveryId, endpoints }: CutOverEvent,
): Promise<void> => {
  if (plan.mode !== "failover") throw refused("Applications are sent to a failover only", `a plan in mode ${plan.mode}`, "mode failover");
  if (endpoints.system !== system || endpoints.recoveryId !== recoveryId)
    throw refused("The endpoints are of another recovery", `${endpoints.system}/${endpoints.recoveryId}`, `${system}/${recoveryId}`);
  const text = await getText(vault, validationKey(recoveryId));
  if (text === undefined)
    throw refused("The recovery was not validated", `nothing under ${validationKey(recoveryId)}`, "a validation that passed");
  const { value: validation, problem } = readJson(ValidateResponse, text);
  if (validation === undefined) throw refused("The validation cannot be read", problem, "a validation that passed");
  const failed = validation.checks.filter(({ passed }) => !passed).map(({ name }) => name);
  if (!validation.passed) throw refused("The recovery did not pass its validation", failed.join(", "), "a validation that passed");
  const validated = storesOf(validation);
  const asked = storesOf(endpoints);
  if (validated !== asked) throw refused("Other stores were validated than applications would be sent to", asked, validated);
};

/** Where a database's credentials are is part of where it is: another secret may lead to another server. */
const storesOf = ({
  documentsBucket,
  chromaUrl,
  postgres,
}: Pick<ValidateResponse, "documentsBucket" | "chromaUrl" | "postgres">): string => {
  const database =
    postgres === undefined ? "no database" : `${postgres.host}:${postgres.port}/${postgres.database} by ${postgres.secretArn}`;
  return `${documentsBucket}, ${chromaUrl} and ${database}`;
};

const refused = (what: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what,
    received,
    allowed,
    hint: "Validate the recovery first, then cut over to what was validated",
  });

const movedOn = (recoveryId: string, decision: Decision, standing: string | undefined): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: `The live endpoints were changed by somebody else since the cut-over of ${recoveryId} was decided at ${decision.decidedAt}`,
    received: standing ?? "no parameter",
    allowed: decision.previous ?? "no parameter",
    hint: "If applications should go to this recovery after all, recover again under a new recovery id",
  });
