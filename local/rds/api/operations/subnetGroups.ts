import { z } from "zod";
import { arnOf } from "../../instances/names";
import { readTags, type SubnetGroup } from "../../instances/region";
import type { Subnet } from "../../surroundings";
import type { Context, Operation } from "../context";
import { invalidValue, RdsError } from "../errors";
import { filtered, filters, page, paging, parseInput, tags } from "../inputs";
import { viewSubnetGroup } from "../views/subnetGroup";
import { subnetGroupNamed } from "./groups";

const SubnetIds = z.array(z.string()).min(1);

const createInput = z.strictObject({
  DBSubnetGroupName: z
    .string()
    .regex(/^[A-Za-z0-9 ._-]{1,255}$/, "must contain only letters, digits, periods, underscores, spaces and hyphens, 255 at most"),
  DBSubnetGroupDescription: z.string().min(1),
  SubnetIds,
  Tags: tags,
});

export const createDBSubnetGroup: Operation = async (raw, context) => {
  const input = parseInput("CreateDBSubnetGroup", createInput, raw);
  const name = input.DBSubnetGroupName.toLowerCase();
  if (name === "default") throw invalidValue("The parameter DBSubnetGroupName must not be default.");
  const { region, account } = context;
  const own = readTags(input.Tags);
  const subnets = await checkedSubnets(input.SubnetIds, context);
  if (region.subnetGroups.has(name)) throw new RdsError("DBSubnetGroupAlreadyExists", `The DB subnet group '${name}' already exists.`);
  const arn = arnOf("subgrp", name, { region: region.name, account });
  const group: SubnetGroup = { name, arn, description: input.DBSubnetGroupDescription, ...subnets };
  region.subnetGroups.set(name, group);
  region.tags.set(arn, own);
  return { DBSubnetGroup: viewSubnetGroup(group) };
};

/** Of one VPC, in two zones at least. */
const checkedSubnets = async (
  ids: readonly string[],
  { region, surroundings }: Context,
): Promise<{ readonly vpcId: string; readonly subnets: readonly Subnet[] }> => {
  const unique = [...new Set(ids)];
  const subnets = await surroundings.subnets(region.name, unique);
  const missing = unique.filter((id) => !subnets.some((subnet) => subnet.id === id));
  if (missing.length > 0) throw new RdsError("InvalidSubnet", `Some input subnets in :[${missing.join(", ")}] are invalid.`);
  const vpcs = new Set(subnets.map(({ vpcId }) => vpcId));
  const [vpcId = ""] = vpcs;
  if (vpcs.size > 1) throw new RdsError("InvalidSubnet", `The subnets are not all in a common VPC: ${[...vpcs].join(", ")}.`);
  const zones = [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))];
  if (zones.length < 2) {
    throw new RdsError(
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      `The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: ${zones.join(", ")}. Add subnets to cover at least 2 AZs.`,
    );
  }
  return { vpcId, subnets };
};

const describeInput = z.strictObject({ ...paging, DBSubnetGroupName: z.string().optional(), Filters: filters });

export const describeDBSubnetGroups: Operation = async (raw, context) => {
  const input = parseInput("DescribeDBSubnetGroups", describeInput, raw);
  const name = input.DBSubnetGroupName;
  const named = name === undefined ? [...context.region.subnetGroups.values()] : [await subnetGroupNamed(name, context)];
  const { items, next } = page(filtered(named, input.Filters, {}), input);
  return { DBSubnetGroups: items.map(viewSubnetGroup), Marker: next };
};

const modifyInput = z.strictObject({ DBSubnetGroupName: z.string(), DBSubnetGroupDescription: z.string().optional(), SubnetIds });

export const modifyDBSubnetGroup: Operation = async (raw, context) => {
  const input = parseInput("ModifyDBSubnetGroup", modifyInput, raw);
  const group = await subnetGroupNamed(input.DBSubnetGroupName, context);
  const { vpcId, subnets } = await checkedSubnets(input.SubnetIds, context);
  const members = membersOf(group, context);
  if (members.length > 0 && vpcId !== group.vpcId)
    throw new RdsError("InvalidSubnet", "The new Subnets are not in the same Vpc as the existing subnet group");
  const zones = subnets.map(({ availabilityZone }) => availabilityZone);
  const stranded = members.filter(({ settings }) => !zones.includes(settings.availabilityZone));
  if (stranded.length > 0) {
    throw new RdsError(
      "SubnetAlreadyInUse",
      `A subnet to be removed is in use by: ${stranded.map(({ identifier }) => identifier).join(", ")}.`,
    );
  }
  Object.assign(group, { vpcId, subnets, description: input.DBSubnetGroupDescription ?? group.description });
  return { DBSubnetGroup: viewSubnetGroup(group) };
};

const membersOf = ({ name }: SubnetGroup, { region }: Context) =>
  [...region.instances.values()].filter(({ settings }) => settings.subnetGroup === name);

export const deleteDBSubnetGroup: Operation = async (raw, context) => {
  const input = parseInput("DeleteDBSubnetGroup", z.strictObject({ DBSubnetGroupName: z.string() }), raw);
  const group = await subnetGroupNamed(input.DBSubnetGroupName, context);
  const [member] = membersOf(group, context);
  if (member !== undefined) {
    throw new RdsError(
      "InvalidDBSubnetGroupStateFault",
      `Cannot delete the subnet group '${group.name}' because at least one database instance: ${member.identifier} is still using it.`,
    );
  }
  context.region.subnetGroups.delete(group.name);
  context.region.tags.delete(group.arn);
  return {};
};
