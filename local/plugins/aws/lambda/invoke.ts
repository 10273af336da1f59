import { createHash } from "node:crypto";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { LifeboatError } from "../../../../recovery/errors";
import type { Properties, Value } from "../../protocol/resource";
import { isRecord, requiredText, text } from "../../protocol/values";
import { regionOf } from "../common";
import type { AwsContext } from "../context";

/** A function may take 15 minutes, longer than any other call: a client that gave up sooner would call it a second time. */
const invocationTimeoutMilliseconds = 16 * 60_000;

const messageIn = (payload: string): string => {
  try {
    const error: Value = JSON.parse(payload);
    return (isRecord(error) ? (text(error, "errorMessage") ?? text(error, "errorType")) : undefined) ?? payload;
  } catch {
    return payload;
  }
};

/** Runs the function that the inputs name, and answers what it answered. */
export async function invoke(context: AwsContext, inputs: Properties, payload: string, signal?: AbortSignal): Promise<string> {
  const name = requiredText(inputs, "functionName");
  const client = context.client(LambdaClient, regionOf(context, inputs));
  const answer = await client.send(
    new InvokeCommand({
      FunctionName: name,
      Qualifier: text(inputs, "qualifier"),
      InvocationType: "RequestResponse",
      Payload: Buffer.from(payload),
    }),
    { abortSignal: signal, requestTimeout: invocationTimeoutMilliseconds },
  );
  const result = Buffer.from(answer.Payload ?? []).toString("utf8");
  if (answer.FunctionError === undefined) return result;
  throw new LifeboatError({
    code: "internal",
    what: `The function ${name} failed: ${messageIn(result)}`,
    hint: `Its log group has the rest, by default /aws/lambda/${name}`,
  });
}

const digest = (input: string): string => createHash("md5").update(input).digest("hex");

/** As the official plugin names one. */
export const invocationId = (inputs: Properties): string =>
  [requiredText(inputs, "functionName"), text(inputs, "qualifier") ?? "$LATEST", digest(requiredText(inputs, "input"))].join("_");
