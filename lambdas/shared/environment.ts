import * as z from "zod";
import { LifeboatError } from "../../recovery/errors";

/** A variable that must be set and not empty. */
export const Required = z.string().min(1);
/** Absent and empty are the same: CloudFormation, Kubernetes and shells write one for the other. */
export const Optional = z
  .string()
  .optional()
  .transform((value) => (value === "" ? undefined : value));
export const Url = z.url({ protocol: /^https?$/ });
export const WholeNumber = z
  .string()
  .regex(/^\d+$/, "not a whole number")
  .transform((text) => Number(text));

/** A function's environment, parsed once: every failure is reported at once, by the variable's name. */
export const parseEnvironment = <Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<z.ZodObject<Shape>> => {
  const parsed = z.object(shape).safeParse(environment);
  if (parsed.success) return parsed.data;
  const failures = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new LifeboatError({
    code: "configuration",
    what: "The function's environment is not complete",
    received: failures.join("; "),
    allowed: Object.keys(shape).join(", "),
    hint: "Deploy the stack again: it sets these variables",
  });
};
