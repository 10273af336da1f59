import { ApplyMethod, type Parameter } from "@aws-sdk/client-rds";
import type { Properties } from "../../protocol/resource";
import { compact, records, requiredText, text } from "../../protocol/values";
import { choice } from "../choice";

/** ModifyDBParameterGroup takes 20 at most. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html */
const mostInOneCall = 20;

/** One parameter as the program gives it: `{name, value, applyMethod}`. */
const request = (parameter: Properties): Parameter => ({
  ParameterName: requiredText(parameter, "name").toLowerCase(),
  ParameterValue: requiredText(parameter, "value"),
  ApplyMethod: choice(parameter, "applyMethod", ApplyMethod) ?? ApplyMethod.immediate,
});

const same = (one: Parameter, other: Parameter): boolean =>
  one.ParameterName === other.ParameterName && one.ParameterValue === other.ParameterValue && one.ApplyMethod === other.ApplyMethod;

function* chunks(parameters: readonly Parameter[]): Generator<Parameter[]> {
  for (let start = 0; start < parameters.length; start += mostInOneCall) yield parameters.slice(start, start + mostInOneCall);
}

/** The calls that bring a group from `olds` to `news`: what to set, those that need a reboot last, and what to reset. */
export function parameterChanges(olds: Properties, news: Properties): { readonly modify: Parameter[][]; readonly reset: Parameter[][] } {
  const before = records(olds, "parameters").map(request);
  const after = records(news, "parameters").map(request);
  const set = after.filter((parameter) => !before.some((other) => same(other, parameter)));
  const removed = before.filter(({ ParameterName }) => !after.some((other) => other.ParameterName === ParameterName));
  const isReboot = ({ ApplyMethod: method }: Parameter) => method === ApplyMethod.pending_reboot;
  return {
    modify: [...chunks(set.filter((parameter) => !isReboot(parameter))), ...chunks(set.filter(isReboot))],
    reset: [...chunks(removed)],
  };
}

/**
 * The parameters that are the program's: those that somebody set, and those that it names itself, which RDS does not count as set when
 * they have their default. In the order of the program.
 */
export function parametersRead(found: readonly Parameter[], state: Properties): Properties[] {
  const written = records(state, "parameters");
  const order = ({ ParameterName }: Parameter): number =>
    written.findIndex((parameter) => text(parameter, "name")?.toLowerCase() === ParameterName) >>> 0;
  return found
    .filter((parameter) => parameter.Source === "user" || order(parameter) < written.length)
    .sort((one, other) => order(one) - order(other))
    .map((parameter) => {
      const own = written[order(parameter)];
      // A default's apply method is the engine's, not what the program asked for.
      const isDefault = own !== undefined && parameter.Source !== "user" && text(own, "value") === parameter.ParameterValue;
      const applyMethod = isDefault ? (own.applyMethod ?? ApplyMethod.immediate) : parameter.ApplyMethod;
      return compact({ applyMethod, name: own?.name ?? parameter.ParameterName, value: parameter.ParameterValue });
    });
}
