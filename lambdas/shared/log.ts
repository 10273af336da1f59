import { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import * as z from "zod";
import { LifeboatError, messageOf } from "../../recovery/errors";
import type { FunctionName } from "../../recovery/names";

export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Structured lines: what happened, and the fields that a query filters on. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** What one invocation gives to the work: where it logs, the time, and how long it may still run. */
export interface Call {
  readonly log: Log;
  readonly now: () => Date;
  readonly remainingMs: () => number;
}

/** A Lambda handler that logs one line in and one line out, with its duration and outcome. This is the edge where the clock is read. */
export const entryPoint = <Result>(
  name: FunctionName,
  work: (event: unknown, call: Call) => Promise<Result>,
  { log = powertoolsLog(name), now = () => new Date() }: { log?: Log; now?: () => Date } = {},
) => {
  return async (event: unknown, context: Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">): Promise<Result> => {
    const startedMs = now().getTime();
    const common = { requestId: context.awsRequestId };
    log.info("called", common);
    try {
      const result = await work(event, { log, now, remainingMs: () => context.getRemainingTimeInMillis() });
      log.info("finished", { ...common, durationMs: now().getTime() - startedMs, outcome: "succeeded" });
      return result;
    } catch (error) {
      const code = error instanceof LifeboatError ? error.code : "internal";
      log.error("finished", { ...common, durationMs: now().getTime() - startedMs, outcome: "failed", code, reason: reasonOf(error) });
      throw error;
    }
  };
};

/** The message of a failure, with the HTTP status where AWS answered one: a HEAD has no body, and its refusal reads "UnknownError". */
export const reasonOf = (error: unknown): string => {
  const status = AnsweredError.safeParse(error).data?.$metadata.httpStatusCode;
  return status === undefined ? messageOf(error) : `${messageOf(error)} (HTTP ${status})`;
};

const AnsweredError = z.object({ $metadata: z.object({ httpStatusCode: z.number() }) });

const powertoolsLog = (name: FunctionName): Log => {
  const logger = new Logger({ serviceName: name });
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...fields }),
  };
};
