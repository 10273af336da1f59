import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";

/** What a recovery step is asked, field by field; values may be known only later. */
export type StepEvent = Readonly<Record<string, pulumi.Input<unknown>>>;

/**
 * One step of a recovery: a function that stands ready in the recovery region, run once. The step is idempotent on its side, and
 * a later `up` with the same event does not run it again.
 */
export const recoveryStep = <T>(
  name: string,
  functionName: string,
  event: StepEvent,
  result: z.ZodType<T>,
  options: pulumi.CustomResourceOptions,
): pulumi.Output<T> =>
  new aws.lambda.Invocation(name, { functionName, input: pulumi.jsonStringify(event) }, options).result.apply((text) =>
    result.parse(JSON.parse(text)),
  );
