import { z } from "zod";
import type { Recording } from "./recording";

export const INVOCATION = "aws:lambda/invocation:Invocation";

const Inputs = z.object({
  functionName: z.string(),
  input: z.string().transform((text) => z.record(z.string(), z.unknown()).parse(JSON.parse(text))),
});

/** The functions that a recovery ran, by step, with what each was asked. */
export const stepsOf = (recording: Recording) =>
  new Map(recording.typed(INVOCATION, Inputs).map(({ name, args }) => [name, { functionName: args.functionName, event: args.input }]));
