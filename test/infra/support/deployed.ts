import { z } from "zod";
import { LiveEndpoints, Standing } from "../../../recovery/catalogue/standing";
import { functionsOf } from "./reachability";
import { PolicyText, type Recording } from "./recording";

/** What a cloud or a cluster holds, by kind, name and place. */
export const namesOf = (run: Recording): readonly string[] =>
  run
    .created()
    .map(({ type, name, place }) => `${type.split(":").at(-1)} ${name} in ${place}`)
    .sort();

/** What one of two runs lacks of the other. */
export const lacking = (run: Recording, than: Recording): readonly string[] => {
  const there = new Set(namesOf(run));
  return namesOf(than).filter((name) => !there.has(name));
};

const parameterOf = (run: Recording, name: string): unknown =>
  JSON.parse(z.object({ value: z.string() }).parse(run.get("aws:ssm/parameter:Parameter", name).inputs).value);

/** What recoveries, and what applications, are told. */
export const standingOf = (run: Recording): Standing => Standing.parse(parameterOf(run, "parameters-standing"));
export const liveOf = (run: Recording): LiveEndpoints => LiveEndpoints.parse(parameterOf(run, "parameters-live"));

/** A function's environment. */
export const variablesOf = (run: Recording, name: string): Readonly<Record<string, string>> =>
  functionsOf(run).find((fn) => fn.name === name)?.args.environment.variables ?? {};

const WithSettings = z.object({ code: z.object({ assets: z.object({ "settings.json": z.object({ text: z.string() }) }) }) });

/** What a function is told in a file beside its code. */
export const settingsOf = (run: Recording, name: string): unknown =>
  JSON.parse(WithSettings.parse(run.get("aws:lambda/function:Function", name).inputs).code.assets["settings.json"].text);

/** A role's policy. */
export const policyOf = (run: Recording, name: string) =>
  z.object({ policy: PolicyText }).parse(run.get("aws:iam/rolePolicy:RolePolicy", name).inputs).policy;
