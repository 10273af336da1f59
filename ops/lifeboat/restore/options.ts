import { parseArgs } from "node:util";
import { LifeboatError, messageOf } from "../../../recovery/errors";

export interface RestoreOptions {
  readonly system: string;
  /** Where the failed database is, and the restored one will be. */
  readonly region: string;
  readonly recoveryRegion: string;
  /** The time to restore to; the newest restorable one when not given. */
  readonly to?: Date;
  /** Whether the restored database is connected to before the failed one is deleted. */
  readonly connects: boolean;
  readonly json: boolean;
}

/** What the stacks' files say, as far as they are there. */
export interface Defaults {
  readonly system?: string;
  readonly primaryRegion?: string;
  readonly recoveryRegion?: string;
}

export const USAGE =
  "npm run lifeboat -- restore-in-region [--to TIME] [--system NAME] [--region PRIMARY] [--recovery-region REGION] [--without-connection] [--json]";

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const SYSTEM = /^(?!.*--)[a-z][a-z0-9-]{1,16}[a-z0-9]$/;

const refused = (what: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({ code: "configuration", what, received, allowed, hint: USAGE });

/** What is not said comes from the stacks' files. @throws LifeboatError, code configuration. */
export const parseRestoreOptions = (argv: readonly string[], defaults: Defaults, now: Date): RestoreOptions => {
  const values = parsed(argv);
  const region = required("region", values.region ?? defaults.primaryRegion, REGION, "the primary region, such as us-east-1");
  const recoveryRegion = required(
    "recovery-region",
    values["recovery-region"] ?? defaults.recoveryRegion,
    REGION,
    "the recovery region, such as eu-west-1",
  );
  if (region === recoveryRegion)
    throw refused("The recovery region is not the one that is restored in", `--region ${region}`, "two different regions");
  return {
    system: required("system", values.system ?? defaults.system, SYSTEM, "the name of the system, such as acme"),
    region,
    recoveryRegion,
    ...(values.to === undefined ? {} : { to: timeOf(values.to, now) }),
    connects: !values["without-connection"],
    json: values.json,
  };
};

const required = (option: string, value: string | undefined, form: RegExp, allowed: string): string => {
  if (value === undefined) throw refused(`--${option} is needed, and no Pulumi.dr.yaml says it`, "nothing", allowed);
  if (!form.test(value)) throw refused(`This is no value of --${option}`, value, allowed);
  return value;
};

/** A time without a zone means another one on every machine. */
const timeOf = (text: string, now: Date): Date => {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw refused("The time to restore to cannot be read", `--to ${text}`, "a time with its zone, such as 2026-11-26T10:15:00Z");
  if (time > now) throw refused("The time to restore to is in the future", `--to ${text}`, `a time before ${now.toISOString()}`);
  return time;
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        to: { type: "string" },
        system: { type: "string" },
        region: { type: "string" },
        "recovery-region": { type: "string" },
        "without-connection": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw refused(messageOf(error), argv.join(" "), "--to, --system, --region, --recovery-region, --without-connection, --json");
  }
};
