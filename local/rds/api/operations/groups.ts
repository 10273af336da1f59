import { arnOf } from "../../instances/names";
import type { ParameterGroup, SubnetGroup } from "../../instances/region";
import type { Context } from "../context";
import { RdsError } from "../errors";

/** The group of that name. `default` comes into being when it is first needed, with the subnets of the default VPC. */
export const subnetGroupNamed = async (named: string, context: Context): Promise<SubnetGroup> => {
  const { region, account, surroundings } = context;
  const name = named.toLowerCase();
  const existing = region.subnetGroups.get(name);
  if (existing !== undefined) return existing;
  const subnets = name === "default" ? await surroundings.defaultSubnets(region.name) : [];
  const [first] = subnets;
  if (first === undefined) throw new RdsError("DBSubnetGroupNotFoundFault", `DB subnet group '${named}' does not exist.`);
  const group = { name, arn: arnOf("subgrp", name, { region: region.name, account }), description: "default", vpcId: first.vpcId, subnets };
  region.subnetGroups.set(name, group);
  return group;
};

/** The group of that name. The family's default group is always there. */
export const parameterGroupNamed = (named: string, { region, account, software }: Context): ParameterGroup => {
  const name = named.toLowerCase();
  const existing = region.parameterGroups.get(name);
  if (existing !== undefined) return existing;
  if (name !== `default.${software.family}`) throw new RdsError("DBParameterGroupNotFound", `DBParameterGroup not found: ${named}`);
  const group: ParameterGroup = {
    name,
    arn: arnOf("pg", name, { region: region.name, account }),
    family: software.family,
    description: `Default parameter group for ${software.family}`,
    values: new Map(),
  };
  region.parameterGroups.set(name, group);
  return group;
};
