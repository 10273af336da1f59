import type { Parameter } from "@aws-sdk/client-rds";
import { z } from "zod";
import { allowedValues, checkChange, checkMethod, definitionOf, valuesOf } from "../../instances/parameters";
import type { Instance } from "../../instances/records";
import type { ParameterGroup } from "../../instances/region";
import { type ParameterDefinition, systemParameters } from "../../instances/software";
import { failure } from "../../instances/transitions";
import type { Context, Operation } from "../context";
import { invalidCombination, missingParameter } from "../errors";
import { filtered, filters, page, paging, parseInput } from "../inputs";
import { parameterGroupNamed } from "./groups";
import { ownGroup } from "./parameterGroups";

const ApplyMethod = z.enum(["immediate", "pending-reboot"]);
/** RDS modifies 20 parameters at most in one request: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html */
const Parameters = z
  .array(z.strictObject({ ParameterName: z.string(), ParameterValue: z.string().optional(), ApplyMethod: ApplyMethod.optional() }))
  .max(20);

const modifyInput = z.strictObject({ DBParameterGroupName: z.string(), Parameters: Parameters.min(1) });

/** All or none. */
export const modifyDBParameterGroup: Operation = (raw, context) => {
  const input = parseInput("ModifyDBParameterGroup", modifyInput, raw);
  const group = ownGroup(input.DBParameterGroupName, context);
  const changes = input.Parameters.map(({ ParameterName: name, ParameterValue: value, ApplyMethod: method }) => {
    if (value === undefined) throw missingParameter(`ParameterValue of ${name}`);
    if (method === undefined) throw missingParameter(`ApplyMethod of ${name}`);
    return { name, value, method };
  });
  for (const change of changes) checkChange(context.software, change);
  for (const { name, value, method } of changes) group.values.set(name, { value, method });
  applyToMembers(group, changes, context);
  return { DBParameterGroupName: group.name };
};

const resetInput = z.strictObject({
  DBParameterGroupName: z.string(),
  ResetAllParameters: z.boolean().default(false),
  Parameters: Parameters.optional(),
});

export const resetDBParameterGroup: Operation = (raw, context) => {
  const input = parseInput("ResetDBParameterGroup", resetInput, raw);
  const group = ownGroup(input.DBParameterGroupName, context);
  const named = input.Parameters ?? [];
  if (input.ResetAllParameters === named.length > 0)
    throw invalidCombination("Exactly one of ResetAllParameters and Parameters must be specified.");
  const changes = input.ResetAllParameters
    ? [...group.values.keys()].map((name) => ({ name, method: methodOf(definitionOf(context.software, name)) }))
    : named.map(({ ParameterName: name, ApplyMethod: method }) => {
        const definition = definitionOf(context.software, name);
        const chosen = method ?? methodOf(definition);
        checkMethod(definition, chosen);
        return { name, method: chosen };
      });
  for (const { name } of changes) group.values.delete(name);
  applyToMembers(group, changes, context);
  return { DBParameterGroupName: group.name };
};

const methodOf = ({ applyType }: ParameterDefinition): "immediate" | "pending-reboot" =>
  applyType === "static" ? "pending-reboot" : "immediate";

interface Change {
  readonly name: string;
  readonly method: "immediate" | "pending-reboot";
}

/** Immediate changes reach the group's servers at once; the rest waits until each is rebooted. */
const applyToMembers = (group: ParameterGroup, changes: readonly Change[], context: Context): void => {
  const members = [...context.region.instances.values()].filter(({ settings }) => settings.parameterGroup === group.name);
  const immediate = changes.filter(({ method }) => method === "immediate").map(({ name }) => definitionOf(context.software, name).setting);
  const values = valuesOf(group, context.software);
  for (const instance of members) {
    if (immediate.length < changes.length) instance.parameterStatus = "pending-reboot";
    if (immediate.length === 0) continue;
    const after = instance.parameterStatus;
    instance.parameterStatus = "applying";
    const failed = (thrown: unknown): void => {
      instance.parameterStatus = "pending-reboot";
      failure(instance, context, "incompatible-parameters", "The parameters could not be applied")(thrown);
    };
    context.background.queue(instance, () => applyNow(instance, values, immediate, after), failed);
  }
};

const applyNow = async (
  instance: Instance,
  values: Readonly<Record<string, string>>,
  names: readonly string[],
  after: Instance["parameterStatus"],
): Promise<void> => {
  const changed = names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]] as const]));
  const kept = Object.entries(instance.parameters).filter(([name]) => !names.includes(name));
  const parameters = Object.fromEntries([...kept, ...changed]);
  const waiting = (await instance.server?.applyParameters(parameters)) ?? [];
  instance.parameters = parameters;
  instance.parameterStatus = waiting.length > 0 || after === "pending-reboot" ? "pending-reboot" : "in-sync";
};

const describeInput = z.strictObject({
  ...paging,
  DBParameterGroupName: z.string(),
  Source: z.enum(["user", "system", "engine-default"]).optional(),
  Filters: filters,
});

export const describeDBParameters: Operation = (raw, context) => {
  const input = parseInput("DescribeDBParameters", describeInput, raw);
  const group = parameterGroupNamed(input.DBParameterGroupName, context);
  const all = [...context.software.parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((each) => view(each, group));
  const ofSource = all.filter(({ Source }) => input.Source === undefined || Source === input.Source);
  const { items, next } = page(filtered(ofSource, input.Filters, { "parameter-name": ({ ParameterName }) => [ParameterName] }), input);
  return { Parameters: items, Marker: next };
};

/** The engine's own defaults have no value here: the binaries say them only to a running server. */
const view = (definition: ParameterDefinition, group: ParameterGroup): Parameter => {
  const { name, description, applyType, dataType, modifiable } = definition;
  const chosen = group.values.get(name);
  const system = systemParameters[name];
  return {
    ParameterName: name,
    ParameterValue: chosen?.value ?? system,
    Description: description,
    Source: chosen === undefined ? (system === undefined ? "engine-default" : "system") : "user",
    ApplyType: applyType,
    DataType: dataType,
    AllowedValues: allowedValues(definition),
    IsModifiable: modifiable,
    ApplyMethod: chosen?.method ?? "pending-reboot",
  };
};
