import { InvokeCommand, type LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import { messageOf } from "../../../recovery/errors";
import type { Store } from "../../../recovery/store";
import { thrownBy } from "../invoke";
import type { RunState, Starter } from "./starter";

/** A store that a function exports in one call. */
export const functionStarter = (client: LambdaClient, store: Store, functionName: string): Starter => ({
  store,
  what: `function ${functionName}`,
  onChange: true,
  async start() {
    let state: RunState | "absent" = { kind: "running", detail: "exporting" };
    const call = client.send(new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from("{}") })).then(
      ({ FunctionError, Payload }) => {
        state =
          FunctionError === undefined
            ? { kind: "succeeded" }
            : { kind: "failed", reason: thrownBy(Buffer.from(Payload ?? []).toString("utf8")) };
      },
      (error: unknown) => {
        state = error instanceof ResourceNotFoundException ? "absent" : { kind: "failed", reason: messageOf(error) };
      },
    );
    // A function that there is not is told at once; one that works is not waited for.
    await Promise.race([call, new Promise((resolve) => setTimeout(resolve, TOLD_AT_ONCE_MS).unref())]);
    const current = (): RunState | "absent" => state;
    if (current() === "absent") return undefined;
    return {
      name: functionName,
      state: async () => {
        const now = current();
        return now === "absent" ? { kind: "failed", reason: "there is no such function" } : now;
      },
    };
  },
});

const TOLD_AT_ONCE_MS = 2_000;
