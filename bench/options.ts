import { parseArgs } from "node:util";
import { LifeboatError, messageOf } from "../recovery/errors";

/** How much each bench works on: by default what the targets were set for; less, to see that everything runs. */
export interface Sizes {
  /** Chroma's collection, in records of 384 dimensions. */
  readonly records: number;
  /** PostgreSQL's database, in MB of table. */
  readonly databaseMb: number;
  /** How often each is measured; the median counts. */
  readonly rounds: number;
}

export interface BenchOptions extends Sizes {
  readonly names: readonly string[];
  readonly json: boolean;
}

const DEFAULTS: Sizes = { records: 50_000, databaseMb: 2150, rounds: 3 };

export const usage = (known: readonly string[]): string =>
  `npm run bench -- [${known.join(" | ")}]... [--json] [--records ${DEFAULTS.records}] [--database-mb ${DEFAULTS.databaseMb}] [--rounds ${DEFAULTS.rounds}]`;

/** @param known the benches that there are; all of them run when none is named */
export const parseBenchOptions = (args: readonly string[], known: readonly string[]): BenchOptions => {
  const { values, positionals } = parsed(args, known);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw refused("There is no such bench", unknown.join(", "), known);
  const size = (name: keyof typeof values, otherwise: number): number => {
    const given = values[name];
    if (given === undefined) return otherwise;
    if (/^[1-9]\d{0,9}$/.test(String(given))) return Number(given);
    throw refused(`--${name} is no number of 1 or more`, String(given), known);
  };
  return {
    names: positionals.length === 0 ? known : positionals,
    json: values.json === true,
    records: size("records", DEFAULTS.records),
    databaseMb: size("database-mb", DEFAULTS.databaseMb),
    rounds: size("rounds", DEFAULTS.rounds),
  };
};

const parsed = (args: readonly string[], known: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean" },
        records: { type: "string" },
        "database-mb": { type: "string" },
        rounds: { type: "string" },
      },
    });
  } catch (error) {
    throw refused(messageOf(error), args.join(" "), known);
  }
};

const refused = (what: string, received: string, known: readonly string[]): LifeboatError =>
  new LifeboatError({ code: "configuration", what, received, allowed: usage(known), hint: "Leave the names out to run every bench" });
