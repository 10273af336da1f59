import { setTimeout as pause } from "node:timers/promises";
import { type FunctionConfiguration, GetFunctionConfigurationCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { LifeboatError, messageOf } from "../../../../recovery/errors";

const pauseMilliseconds = 200;
/** The official plugin waits ten minutes for a function and two for a new role to be known. */
const functionAttempts = (10 * 60_000) / pauseMilliseconds;
const rolePauseMilliseconds = 1_000;
const roleAttempts = 120;

/** Waits until the function can be invoked and changed. https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html */
export async function settled(client: LambdaClient, name: string, signal?: AbortSignal): Promise<FunctionConfiguration> {
  for (let attempt = 0; attempt < functionAttempts; attempt++) {
    const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }), { abortSignal: signal });
    if (found.State === "Failed" || found.LastUpdateStatus === "Failed") {
      throw new LifeboatError({
        code: "store-unavailable",
        what: `The function ${name} did not become active`,
        received: found.LastUpdateStatusReason || found.StateReason || found.LastUpdateStatusReasonCode || found.StateReasonCode,
        hint: "Correct its code, role, key or network and run the update again",
      });
    }
    const active = found.State === undefined || found.State === "Active" || found.State === "Inactive";
    if (active && found.LastUpdateStatus !== "InProgress") return found;
    await pause(pauseMilliseconds, undefined, { signal });
  }
  throw new LifeboatError({
    code: "store-unavailable",
    what: `The function ${name} is still changing after ten minutes`,
    hint: "Look at its state in the console, then run the update again",
  });
}

const untilKnown = [
  /cannot be assumed by Lambda/,
  /execution role does not have permissions/,
  /KMS key is invalid for CreateGrant/,
  /The function could not be updated due to a concurrent update operation/,
];

/** IAM is eventually consistent: a new role, or its policy, is refused for some seconds. Only those answers are asked again. */
export async function whenRoleIsKnown<T>(call: () => Promise<T>, signal?: AbortSignal, milliseconds = rolePauseMilliseconds): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (thrown) {
      if (attempt >= roleAttempts || !untilKnown.some((pattern) => pattern.test(messageOf(thrown)))) throw thrown;
      await pause(milliseconds, undefined, { signal });
    }
  }
}
