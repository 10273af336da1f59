import { LifeboatError } from "../../recovery/errors";

/** Which system, and where its recovery side is: all that a command needs which must work with the primary region gone. */
export interface RecoverySide {
  readonly system: string;
  readonly recoveryRegion: string;
}

export interface Place extends RecoverySide {
  readonly primaryRegion: string;
}

/** The options that say it; what is not said comes from the stacks' files. */
export const SIDE_OPTIONS = { system: { type: "string" }, region: { type: "string" } } as const;
export const PLACE_OPTIONS = { ...SIDE_OPTIONS, "primary-region": { type: "string" } } as const;

export interface SideValues {
  readonly system?: string;
  readonly region?: string;
}

export interface PlaceValues extends SideValues {
  readonly "primary-region"?: string;
}

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
const SYSTEM = /^(?!.*--)[a-z][a-z0-9-]{1,16}[a-z0-9]$/;

/** @throws LifeboatError, code configuration, with the usage as its hint. */
export const recoverySideOf = (values: SideValues, defaults: Partial<Place>, usage: string): RecoverySide => ({
  system: need("system", values.system ?? defaults.system, SYSTEM, "the name of the system, such as acme", usage),
  recoveryRegion: need("region", values.region ?? defaults.recoveryRegion, REGION, "the recovery region, such as eu-west-1", usage),
});

/** @throws LifeboatError, code configuration, with the usage as its hint. */
export const placeOf = (values: PlaceValues, defaults: Partial<Place>, usage: string): Place => ({
  ...recoverySideOf(values, defaults, usage),
  primaryRegion: need(
    "primary-region",
    values["primary-region"] ?? defaults.primaryRegion,
    REGION,
    "the primary region, such as us-east-1",
    usage,
  ),
});

const need = (option: string, value: string | undefined, form: RegExp, allowed: string, usage: string): string => {
  if (value === undefined) throw refused(`--${option} is needed, and no Pulumi.dr.yaml says it`, "nothing", allowed, usage);
  if (!form.test(value)) throw refused(`This is no value of --${option}`, value, allowed, usage);
  return value;
};

export const refused = (what: string, received: string, allowed: string, usage: string): LifeboatError =>
  new LifeboatError({ code: "configuration", what, received, allowed, hint: usage });
