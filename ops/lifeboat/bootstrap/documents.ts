import * as z from "zod";

const Statement = z.looseObject({ Sid: z.string().optional(), Effect: z.enum(["Allow", "Deny"]) });
const Document = z.looseObject({ Statement: z.union([Statement.transform((one) => [one]), z.array(Statement)]) });

/** A statement of IAM's language. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export type Statement = Readonly<z.infer<typeof Statement>>;
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export const documentOf = (statements: readonly Statement[]): PolicyDocument => ({ Version: "2012-10-17", Statement: statements });

/** The statements of a document that AWS gave back. IAM gives its documents back URL-encoded: decode them first. */
export const statementsOf = (text: string): readonly Statement[] => Document.parse(JSON.parse(text)).Statement;

/** One text for all ways to write the same: AWS keeps neither the order of lists nor whether a single value stood in one. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 1 ? canonical(value[0]) : `[${value.map(canonical).sort().join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${key}:${canonical(entry)}`).join()}}`;
};

/** What a statement says, whatever it is called. */
const meaning = ({ Sid: _, ...rest }: Statement): string => canonical(rest);

export const sameStatements = (left: readonly Statement[], right: readonly Statement[]): boolean => {
  const [ours, theirs] = [left, right].map((statements) => canonical([...new Set(statements.map(meaning))].sort()));
  return ours === theirs;
};

/** Those of `wanted` that a document does not say. */
export const missingStatements = (found: readonly Statement[], wanted: readonly Statement[]): readonly Statement[] => {
  const said = new Set(found.map(meaning));
  return wanted.filter((statement) => !said.has(meaning(statement)));
};

/** Both, with nothing of what was found lost: a statement that bears a name of ours keeps its words and gives the name up. */
export const addedStatements = (found: readonly Statement[], added: readonly Statement[]): PolicyDocument => {
  const names = new Set(added.flatMap(({ Sid }) => Sid ?? []));
  const kept = found.map((statement) => {
    const { Sid, ...rest } = statement;
    return Sid !== undefined && names.has(Sid) ? rest : statement;
  });
  return documentOf([...kept, ...added]);
};

interface Permission {
  readonly effect: "Allow" | "Deny";
  readonly action: string;
  readonly resource: string;
  readonly condition: string;
}

const Written = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Resource: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  Condition: z.unknown().optional(),
});

/** Undefined for what is not written with Action and Resource: NotAction and its like cannot be compared word by word. */
const permissionsOf = (statements: readonly Statement[]): readonly Permission[] | undefined => {
  const written = z.array(Written).safeParse(statements);
  return written.data?.flatMap(({ Effect, Action, Resource, Condition }) =>
    Action.flatMap((action) =>
      Resource.map((resource) => ({ effect: Effect, action, resource, condition: Condition === undefined ? "" : canonical(Condition) })),
    ),
  );
};

const matches = (pattern: string, text: string, flags: string): boolean => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, flags).test(text);
};

const covers = (wide: Permission, narrow: Permission): boolean =>
  wide.effect === narrow.effect &&
  matches(wide.action, narrow.action, "i") &&
  matches(wide.resource, narrow.resource, "") &&
  (wide.condition === "" || wide.condition === narrow.condition);

export interface Comparison {
  /** Allowed by `to` and not by `from`, or denied by `from` and not by `to`. */
  readonly widens: readonly string[];
  /** The other way round. */
  readonly narrows: readonly string[];
}

const worded = ({ effect, action, resource }: Permission): string => `${effect === "Deny" ? "not " : ""}${action} on ${resource}`;

const uncovered = (of: readonly Permission[], by: readonly Permission[], effect: "Allow" | "Deny"): string[] =>
  of.filter((one) => one.effect === effect && !by.some((other) => covers(other, one))).map(worded);

/** What a change of an identity's policy gives and takes. Undefined when it cannot be told: then nobody may say that it only takes. */
export const compareStatements = (from: readonly Statement[], to: readonly Statement[]): Comparison | undefined => {
  const [before, after] = [permissionsOf(from), permissionsOf(to)];
  if (before === undefined || after === undefined) return undefined;
  return {
    widens: [...uncovered(after, before, "Allow"), ...uncovered(before, after, "Deny")],
    narrows: [...uncovered(before, after, "Allow"), ...uncovered(after, before, "Deny")],
  };
};
