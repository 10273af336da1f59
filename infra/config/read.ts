import { z } from "zod";
import { LifeboatError } from "../../recovery/errors";
import { drFailures, prodFailures, protectionsOf, tiersOf } from "./checks";
import { DrSchema, type DrValues, ProdSchema } from "./schema";

/** The raw `lifeboat:` values of a stack, by name without the namespace: text, or JSON for structured values. */
export type RawConfiguration = Readonly<Record<string, string>>;

const NAMESPACE = "lifeboat:";

/** The `lifeboat:` values of everything that the engine passes. */
export const rawConfiguration = (all: Readonly<Record<string, string>>): RawConfiguration =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([name]) => name.startsWith(NAMESPACE))
      .map(([name, value]) => [name.slice(NAMESPACE.length), value]),
  );

// The engine passes structured values as JSON text; a plain word is not JSON and stays text.
const parseValue = (text: string): unknown => {
  if (!/^[[{"]|^(true|false|null|-?\d+(\.\d+)?)$/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const pathOf = (issue: z.core.$ZodIssue): string => (issue.path.length === 0 ? "" : `${issue.path.join(".")}: `);

interface Schemas<T> {
  readonly whole: z.ZodType<T>;
  /** The same without required values and without a word on unknown ones: for the conflicts among those that can be read. */
  readonly partial: z.ZodType<Partial<T>>;
}

/**
 * Parses a whole stack's values. A schema failure in one value must not hide the others' conflicts, so the values that do parse
 * are checked against each other too, and everything is reported at once.
 */
const read = <T>(stack: string, raw: RawConfiguration, schemas: Schemas<T>, failuresOf: (values: Partial<T>) => string[]): T => {
  const input = Object.entries(raw).map(([name, text]) => [name, parseValue(text)] as const);
  const parsed = schemas.whole.safeParse(Object.fromEntries(input));
  const malformed = parsed.error?.issues ?? [];
  const broken = new Set(malformed.map((issue) => String(issue.path[0])));
  const readable = schemas.partial.safeParse(Object.fromEntries(input.filter(([name]) => !broken.has(name))));
  const failures = [
    ...malformed.map((issue) => `${pathOf(issue)}${issue.message}`),
    ...(readable.success ? failuresOf(readable.data) : []),
  ];
  if (parsed.success && failures.length === 0) return parsed.data;
  throw new LifeboatError({
    code: "configuration",
    what: `The configuration of stack "${stack}" has ${failures.length === 1 ? "a failure" : `${failures.length} failures`}; nothing was created:\n${failures.map((failure) => `  - ${failure}`).join("\n")}\n`,
    hint: `Mend Pulumi.${stack}.yaml (docs/configuration.md lists every value) and run the command again`,
  });
};

const PROD = { whole: ProdSchema, partial: z.object(ProdSchema.shape).partial() };
const DR = { whole: DrSchema, partial: z.object(DrSchema.shape).partial() };

/** The `prod` stack's configuration with its tiers and protections; throws one error that lists every failure. */
export const readProd = (raw: RawConfiguration) => {
  const values = read("prod", raw, PROD, prodFailures);
  return { ...values, tiers: tiersOf(values.tiers), protections: protectionsOf(values) };
};
export type ProdConfiguration = ReturnType<typeof readProd>;

/** The `dr` stack's configuration; throws one error that lists every failure. */
export const readDr = (raw: RawConfiguration): DrValues => read("dr", raw, DR, drFailures);
export type DrConfiguration = DrValues;
