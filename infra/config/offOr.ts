import { z } from "zod";

const JsonObject = z.looseObject({});

/** `off`, or values of which each failure is reported: a union would say of them only that they fit neither. */
export const offOr = <Values extends z.ZodObject>(values: Values) =>
  z
    .unknown()
    .transform((value, context): "off" | z.output<Values> => {
      if (value === "off") return "off";
      const parsed = values.safeParse(value);
      if (parsed.success) return parsed.data;
      for (const { message, path } of parsed.error.issues) context.addIssue({ code: "custom", message, path: [...path] });
      return z.NEVER;
    })
    .meta({ ...JsonObject.parse(z.toJSONSchema(values, { io: "input" })), $schema: undefined, title: "`off` or object" });
