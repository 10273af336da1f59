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
