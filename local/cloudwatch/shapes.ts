import { z } from "zod";
import { validationError } from "./errors";

/** The shapes that several operations share. Query clients send every value as text, so that numbers, flags and times are read from it too. */
export const number = z.preprocess((value) => (typeof value === "string" && value.trim() !== "" ? Number(value) : value), z.number());
export const integer = number.refine(Number.isInteger, "must be an integer");
export const flag = z.preprocess((value) => (value === "true" ? true : value === "false" ? false : value), z.boolean());

const asDate = (value: unknown): unknown => {
  if (typeof value === "number") return new Date(value * 1000);
  if (typeof value === "string") return new Date(/^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : value);
  return value;
};
export const time = z.preprocess(asDate, z.date());

export const dimension = z.strictObject({ Name: z.string().min(1).max(255), Value: z.string().min(1).max(1024) });
export const dimensions = z.array(dimension).max(30);
export const tag = z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) });

export const metric = z.strictObject({
  Namespace: z.string().min(1).max(255),
  MetricName: z.string().min(1).max(255),
  Dimensions: dimensions.default([]),
});

export const metricDataQuery = z.strictObject({
  Id: z.string().regex(/^[a-z][A-Za-z0-9_]*$/, "must begin with a lower-case letter and hold letters, digits and underscores"),
  MetricStat: z
    .strictObject({ Metric: metric, Period: integer.pipe(z.number().min(1)), Stat: z.string(), Unit: z.string().optional() })
    .optional(),
  Expression: z.string().max(2048).optional(),
  Label: z.string().optional(),
  ReturnData: flag.optional(),
  Period: integer.optional(),
  AccountId: z.string().optional(),
});

export type Dimension = z.infer<typeof dimension>;
export type MetricDataQuery = z.infer<typeof metricDataQuery>;

/** Reads an operation's input. A member that is not known is refused by name. */
export const parseInput = <T extends z.ZodType>(shape: T, input: unknown): z.infer<T> => {
  const parsed = shape.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  throw validationError(parsed.error.issues.map((issue) => `${issue.path.join(".") || "The input"}: ${issue.message}`).join("; "));
};

/** Pages of a list that is in memory: the token is where the next page begins. */
export const page = <T>(items: readonly T[], token: string | undefined, size: number): { items: readonly T[]; next?: string } => {
  const start = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0) throw validationError(`NextToken ${token} is not one of ours`);
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? String(end) : undefined };
};
