import type { DBParameterGroup } from "@aws-sdk/client-rds";
import { z } from "zod";
import { arnOf, readIdentifier } from "../../instances/names";
import { type ParameterGroup, readTags } from "../../instances/region";
import type { Context, Operation } from "../context";
import { invalidValue, RdsError } from "../errors";
import { filtered, filters, page, paging, parseInput, tags } from "../inputs";
import { parameterGroupNamed } from "./groups";

const createInput = z.strictObject({
  DBParameterGroupName: z.string(),
  DBParameterGroupFamily: z.string(),
  Description: z.string().min(1),
  Tags: tags,
});

const view = ({ name, family, description, arn }: ParameterGroup): DBParameterGroup => ({
  DBParameterGroupName: name,
  DBParameterGroupFamily: family,
  Description: description,
  DBParameterGroupArn: arn,
});

export const createDBParameterGroup: Operation = (raw, context) => {
  const input = parseInput("CreateDBParameterGroup", createInput, raw);
  const { region, account, software } = context;
  const name = readIdentifier("DBParameterGroupName", input.DBParameterGroupName, 255);
  const family = input.DBParameterGroupFamily;
  if (family !== software.family)
    throw invalidValue(`ParameterGroupFamily ${family} is not a valid parameter group family here: only ${software.family} is.`);
  if (region.parameterGroups.has(name)) throw new RdsError("DBParameterGroupAlreadyExists", `Parameter group ${name} already exists`);
  const own = readTags(input.Tags);
  const arn = arnOf("pg", name, { region: region.name, account });
  const group: ParameterGroup = { name, arn, family, description: input.Description, values: new Map() };
  region.parameterGroups.set(name, group);
  region.tags.set(arn, own);
  return { DBParameterGroup: view(group) };
};

const describeInput = z.strictObject({ ...paging, DBParameterGroupName: z.string().optional(), Filters: filters });

export const describeDBParameterGroups: Operation = (raw, context) => {
  const input = parseInput("DescribeDBParameterGroups", describeInput, raw);
  const name = input.DBParameterGroupName;
  const named = name === undefined ? [...context.region.parameterGroups.values()] : [parameterGroupNamed(name, context)];
  const { items, next } = page(filtered(named, input.Filters, {}), input);
  return { DBParameterGroups: items.map(view), Marker: next };
};

/** The family's default group cannot be changed. */
export const ownGroup = (name: string, context: Context): ParameterGroup => {
  const group = parameterGroupNamed(name, context);
  if (group.name.startsWith("default.")) {
    throw new RdsError("InvalidDBParameterGroupState", `The default parameter group ${group.name} can be neither modified nor deleted.`);
  }
  return group;
};

export const deleteDBParameterGroup: Operation = (raw, context) => {
  const input = parseInput("DeleteDBParameterGroup", z.strictObject({ DBParameterGroupName: z.string() }), raw);
  const group = ownGroup(input.DBParameterGroupName, context);
  const { region } = context;
  const used = [...region.instances.values()].some(({ settings }) => settings.parameterGroup === group.name);
  if (used) {
    throw new RdsError(
      "InvalidDBParameterGroupState",
      `One or more database instances are still members of this parameter group ${group.name}, so the group cannot be deleted`,
    );
  }
  region.parameterGroups.delete(group.name);
  region.tags.delete(group.arn);
  return {};
};
