import { parseArgs } from "node:util";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { STRATEGIES, type Strategy } from "../../recovery/store";

/** The disasters that a drill can make. */
export const SCENARIOS = ["regional-disaster"] as const;
export type Scenario = (typeof SCENARIOS)[number];

export interface DrillOptions {
  readonly scenario: Scenario;
  readonly strategy: Strategy;
  /** Where evidence.json goes; the run's own folder when not given. */
  readonly out?: string;
  /** Prints evidence.json on standard output and everything else on standard error. */
  readonly json: boolean;
}

export const USAGE = "npm run drill -- [--scenario NAME] [--strategy NAME] [--out DIR] [--json]";

const oneOf = <T extends string>(option: string, received: string, allowed: readonly T[]): T => {
  const found = allowed.find((candidate) => candidate === received);
  if (found !== undefined) return found;
  throw refused(`There is no such ${option}`, `--${option} ${received}`, allowed.join(", "));
};

const refused = (what: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({ code: "configuration", what, received, allowed, hint: USAGE });

/** The strategies that a drill of today can recover by. */
const DRILL_STRATEGIES: readonly Strategy[] = STRATEGIES.filter((strategy) => strategy === "latest");

export const parseDrillOptions = (args: readonly string[]): DrillOptions => {
  const values = parsed(args);
  return {
    scenario: oneOf("scenario", values.scenario, SCENARIOS),
    strategy: oneOf("strategy", values.strategy, DRILL_STRATEGIES),
    json: values.json,
    ...(values.out === undefined ? {} : { out: values.out }),
  };
};

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scenario: { type: "string", default: "regional-disaster" },
        strategy: { type: "string", default: "latest" },
        out: { type: "string" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw refused(messageOf(error), args.join(" "), "--scenario, --strategy, --out, --json");
  }
};
