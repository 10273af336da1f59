import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";
import { LifeboatError } from "../../recovery/errors";

const Thrown = z.object({ errorMessage: z.string() });

/** A function may run for 15 minutes, and answers at its end. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const FUNCTION_TIMEOUT_MS = 16 * 60_000;

/** Calls a function and waits for its answer. @throws LifeboatError with what the function threw. */
export const invoke = async <T>(client: LambdaClient, functionName: string, event: unknown, answer: z.ZodType<T>): Promise<T> => {
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  const text = Buffer.from(Payload ?? []).toString("utf8");
  if (FunctionError !== undefined) throw failed(functionName, thrownBy(text));
  const parsed = answer.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw failed(functionName, `an answer that is not understood: ${text.slice(0, 200)}`);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The message that a function ended with. */
export const thrownBy = (text: string): string => (Thrown.safeParse(parse(text)).data?.errorMessage ?? text).slice(0, 500);

const failed = (functionName: string, received: string): LifeboatError =>
  new LifeboatError({
    code: "internal",
    what: `${functionName} failed`,
    received,
    hint: `Read its log: aws logs tail /aws/lambda/${functionName} (docs/runbooks/function-errors.md)`,
  });
