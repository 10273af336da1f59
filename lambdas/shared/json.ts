import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as z from "zod";
import { messageOf } from "../../recovery/errors";

export type Read<T> = { readonly value: T; readonly problem?: undefined } | { readonly value?: undefined; readonly problem: string };

/** A JSON text as its schema types it, or why it is not one, in a line. */
export const readJson = <T>(schema: z.ZodType<T>, text: string): Read<T> => {
  try {
    return { value: schema.parse(JSON.parse(text)) };
  } catch (error) {
    return { problem: messageOf(error).replace(/\s+/g, " ").slice(0, 200) };
  }
};

/** A variable that holds JSON, as its schema types it. */
export const jsonOf = <T>(schema: z.ZodType<T>) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "not JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);

/**
 * A variable that names a file of JSON beside the function's code, as its schema types it: what is longer than the 4 KB that variables may have.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (LAMBDA_TASK_ROOT)
 */
export const jsonFileOf = <T>(schema: z.ZodType<T>) =>
  z
    .string()
    .transform((file, context) => {
      try {
        return readFileSync(resolve(process.env.LAMBDA_TASK_ROOT ?? "", file), "utf8");
      } catch (error) {
        context.addIssue({ code: "custom", message: messageOf(error) });
        return z.NEVER;
      }
    })
    .pipe(jsonOf(schema));
