import { parseArgs } from "node:util";
import { parseDurationSeconds } from "../../recovery/duration";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { STRATEGIES, type Strategy } from "../../recovery/store";

/** The disasters that a drill can make. */
export const SCENARIOS = ["regional-disaster", "data-center-outage", "hardware-failure"] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface OutputOptions {
  /** Where evidence.json goes; the run's own folder when not given. */
  readonly out?: string;
  /** Prints evidence.json on standard output and everything else on standard error. */
  readonly json: boolean;
}

export interface RegionalOptions {
  readonly scenario: "regional-disaster";
  readonly strategy: Strategy;
  /** With strategy point-in-time: the time to recover to; the newest restorable one when not given. */
  readonly to?: TargetTime;
  /** How far the copies of the database's backups are behind, seconds; the profile's own lag when not given. */
  readonly databaseLagSeconds?: number;
}

/** Of a disaster that leaves the region: what happens then is not chosen. */
export interface InRegionOptions {
  readonly scenario: Exclude<ScenarioName, RegionalOptions["scenario"]>;
}

export type DrillOptions = OutputOptions & (RegionalOptions | InRegionOptions);

/** A time, or how long before the disaster: a drill makes its disaster itself, so nobody knows its time beforehand. Seconds. */
export type TargetTime = { readonly at: Date } | { readonly beforeDisasterSeconds: number };

export const USAGE =
  "npm run drill -- [--scenario NAME] [--strategy latest|point-in-time] [--to TIME|DURATION] [--database-lag DURATION] [--out DIR] [--json]";

const oneOf = <T extends string>(option: string, received: string, allowed: readonly T[]): T => {
  const found = allowed.find((candidate) => candidate === received);
  if (found !== undefined) return found;
  throw refused(`There is no such ${option}`, `--${option} ${received}`, allowed.join(", "));
};

const refused = (what: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({ code: "configuration", what, received, allowed, hint: USAGE });

/** `2026-11-26T10:15:00Z`, or `20s` before the disaster. A time without a zone means another one on every machine. */
const targetTime = (text: string): TargetTime => {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return { at: new Date(text) };
  try {
    return { beforeDisasterSeconds: parseDurationSeconds(text) };
  } catch {
    throw refused(
      "The time to recover to cannot be read",
      `--to ${text}`,
      "a time with its zone (2026-11-26T10:15:00Z), or a duration before the disaster (20s)",
    );
  }
};

const durationOf = (option: string, text: string): number => {
  try {
    return parseDurationSeconds(text);
  } catch {
    throw refused("The duration cannot be read", `--${option} ${text}`, "a duration such as 5s or 2m");
  }
};

export const parseDrillOptions = (args: readonly string[]): DrillOptions => {
  const values = parsed(args);
  const scenario = oneOf("scenario", values.scenario, SCENARIOS);
  const output = { json: values.json, ...(values.out === undefined ? {} : { out: values.out }) };
  if (scenario === "regional-disaster") return { ...regionalOptions(values), ...output };
  for (const option of CHOICES)
    if (values[option] !== undefined)
      throw refused(
        `Scenario ${scenario} has no use for --${option}: no other region is recovered to, and there is one way back`,
        `--scenario ${scenario} --${option} ${values[option]}`,
        `--${option} with --scenario regional-disaster`,
      );
  return { scenario, ...output };
};

/** What only a recovery in another region can choose. */
const CHOICES = ["strategy", "to", "database-lag"] as const;

const regionalOptions = (values: ReturnType<typeof parsed>): RegionalOptions => {
  const strategy = oneOf("strategy", values.strategy ?? "latest", STRATEGIES);
  if (values.to !== undefined && strategy !== "point-in-time")
    throw refused(
      "Only strategy point-in-time takes a time",
      `--strategy ${strategy} --to ${values.to}`,
      "--strategy point-in-time --to TIME",
    );
  const lag = values["database-lag"];
  return {
    scenario: "regional-disaster",
    strategy,
    ...(values.to === undefined ? {} : { to: targetTime(values.to) }),
    ...(lag === undefined ? {} : { databaseLagSeconds: durationOf("database-lag", lag) }),
  };
};

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scenario: { type: "string", default: "regional-disaster" },
        strategy: { type: "string" },
        to: { type: "string" },
        "database-lag": { type: "string" },
        out: { type: "string" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw refused(messageOf(error), args.join(" "), "--scenario, --strategy, --to, --database-lag, --out, --json");
  }
};
