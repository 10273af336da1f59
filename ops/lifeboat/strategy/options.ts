import { parseArgs } from "node:util";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import type { Tier } from "../../../recovery/objectives";
import type { Defaults } from "./defaults";

export interface StrategyOptions {
  readonly system: string;
  readonly recoveryRegion: string;
  /** By its name only: the automated backups in the recovery region are found by it. */
  readonly primaryRegion: string;
  readonly tier: Tier & { readonly name: string };
  readonly corruptedSince?: Date;
  readonly json: boolean;
}

export const USAGE =
  "npm run lifeboat -- strategy [--system NAME] [--region REGION] [--primary-region REGION] [--tier NAME] [--corrupted-since TIME] [--json]";

const refused = (what: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({ code: "configuration", what, received, allowed, hint: USAGE });

/** What is not said comes from the stacks' files. @throws LifeboatError, code configuration. */
export const parseStrategyOptions = (argv: readonly string[], defaults: Defaults, now: Date): StrategyOptions => {
  const values = parsed(argv);
  const since = values["corrupted-since"];
  return {
    system: required(
      "system",
      values.system ?? defaults.system,
      /^(?!.*--)[a-z][a-z0-9-]{1,16}[a-z0-9]$/,
      "the name of the system, such as acme",
    ),
    recoveryRegion: required("region", values.region ?? defaults.recoveryRegion, REGION, "the recovery region, such as eu-west-1"),
    primaryRegion: required(
      "primary-region",
      values["primary-region"] ?? defaults.primaryRegion,
      REGION,
      "the primary region, such as us-east-1",
    ),
    tier: tierOf(values.tier ?? defaults.tierName ?? "critical", defaults.tiers),
    ...(since === undefined ? {} : { corruptedSince: timeOf(since, now) }),
    json: values.json,
  };
};

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

const required = (option: string, value: string | undefined, form: RegExp, allowed: string): string => {
  if (value === undefined) throw refused(`--${option} is needed, and no Pulumi.dr.yaml says it`, "nothing", allowed);
  if (!form.test(value)) throw refused(`This is no value of --${option}`, value, allowed);
  return value;
};

const tierOf = (name: string, tiers: Defaults["tiers"]): StrategyOptions["tier"] => {
  const tier = Object.entries(tiers).find(([known]) => known === name)?.[1];
  if (tier === undefined) throw refused("There is no such tier", name, Object.keys(tiers).join(", "));
  return { name, rpoSeconds: tier.rpoSeconds, rtoSeconds: tier.rtoSeconds };
};

/** A time without a zone means another one on every machine. */
const timeOf = (text: string, now: Date): Date => {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime()) || time > now)
    throw refused(
      "The time since which the database is damaged cannot be used",
      `--corrupted-since ${text}`,
      `a time with its zone, not after now (${now.toISOString()}), such as 2026-11-24T21:00:00Z`,
    );
  return time;
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        system: { type: "string" },
        region: { type: "string" },
        "primary-region": { type: "string" },
        tier: { type: "string" },
        "corrupted-since": { type: "string" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw refused(messageOf(error), argv.join(" "), "--system, --region, --primary-region, --tier, --corrupted-since, --json");
  }
};
