import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type RecoveryRequest, TrialResponse } from "../../lambdas/resolve/events";
import { LifeboatError, messageOf } from "../../recovery/errors";
import type { DrConfiguration } from "../config/read";
import { functionMessage, nextStep } from "./drTrialFailure";

/** What the step `resolve` is asked too, beside the recovery's id. */
export type Request = z.input<typeof RecoveryRequest>;

/**
 * Fails before anything is created when a store has nothing to recover to. The function that decides is asked, for it alone checks the catalogue's
 * codes, sees what a delete marker hides, and reads what RDS keeps; it writes nothing in a trial. It runs at each preview and each `up`, the step
 * `resolve` once: the step finds the same states or newer ones. https://www.pulumi.com/registry/packages/aws/api-docs/lambda/getinvocation/
 *
 * A failover that was resolved has its points pinned: its later `up` must not stop because they have outlived their retention, or because the
 * replica was promoted. Its name is in the state, which no program can read before it makes something: any failover of the same request may be this
 * one, and the step `resolve` refuses the one that has no plan.
 */
export const requireRecoverable = async (
  functionName: string,
  request: Request,
  { regions }: DrConfiguration,
  options: pulumi.InvokeOptions,
): Promise<void> => {
  const trial = await tried({ functionName, region: regions.recovery }, request, options);
  if (trial.refused.length === 0) {
    await pulumi.log.info(`A recovery would now be pinned to ${described(trial)}; one that has its plan keeps it.`);
    return;
  }
  const [newest] = trial.pinned;
  if (newest === undefined) throw nothingToRecoverTo(trial, request);
  await pulumi.log.warn(
    `No new recovery could be pinned:\n${listed(trial)}\nGoing on with what is pinned: ${newest.recoveryId} has had its plan since ${newest.resolvedAt}. Another recovery is refused by the step resolve.`,
  );
};

interface Asked {
  readonly functionName: string;
  readonly region: string;
}

const tried = async (asked: Asked, request: Request, options: pulumi.InvokeOptions): Promise<TrialResponse> => {
  const { functionName } = asked;
  const answer = await aws.lambda.getInvocation({ functionName, input: JSON.stringify({ trial: request }) }, options).catch((error) => {
    throw notAsked(asked, error);
  });
  const parsed = TrialResponse.safeParse(JSON.parse(answer.result));
  if (parsed.success) return parsed.data;
  throw new LifeboatError({
    code: "no-recovery-point",
    what: `The function ${functionName} answered a trial in a form that this program does not know; nothing was created`,
    received: parsed.error.issues.map(({ path, message }) => `${path.join(".") || "answer"}: ${message}`).join("; "),
    hint: "The prod stack that deployed the function is of another release than this program: use the release that prod was deployed with",
  });
};

const notAsked = ({ functionName, region }: Asked, error: unknown): LifeboatError => {
  const message = functionMessage(messageOf(error));
  return new LifeboatError({
    code: "no-recovery-point",
    what: `Nobody knows what could be recovered: the function ${functionName} of ${region} did not answer; nothing was created`,
    received: message,
    allowed: "an answer of what would be restored, or of what each store lacks",
    hint: `${nextStep(message, { functionName, region })}. There is no way round it: the step that pins what is restored is the same function`,
    cause: error,
  });
};

const nothingToRecoverTo = (trial: TrialResponse, { time }: Request): LifeboatError =>
  new LifeboatError({
    code: "no-recovery-point",
    what: `There is no state to recover to of every store${time === undefined ? "" : ` at ${new Date(time).toISOString()}`}; nothing was created:\n${listed(trial)}\n`,
    allowed:
      time === undefined
        ? "a restorable time or a replica of the database, and of the others a state that has arrived and was proven"
        : "a database that can be restored to this time, and of the others such a state of then or earlier",
    hint: "docs/runbooks/region-loss.md, section 6, has the next step for each reason; a point that was not read back yet is verified within minutes",
  });

const listed = ({ refused }: TrialResponse): string =>
  refused
    .flatMap(({ store, reason, passedOver }) => [
      `  - ${store}: ${reason}${passedOver.length === 0 ? "" : ":"}`,
      ...passedOver.map((point) => `      ${point.key}: ${point.reason}`),
    ])
    .join("\n");

const described = ({ stores: { postgres, chroma, objects } }: TrialResponse): string =>
  [
    postgres === undefined
      ? undefined
      : `postgres as of ${postgres.asOf} by ${postgres.method === "promotion" ? `promotion of ${postgres.instance}` : "restore"}`,
    chroma === undefined ? undefined : `chroma as of ${chroma.asOf} (${chroma.pointId})`,
    objects === undefined ? undefined : `objects as of ${objects.asOf}`,
  ]
    .filter((text) => text !== undefined)
    .join(", ");
