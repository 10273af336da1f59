import {
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type Filter,
  paginateDescribeSubnets,
} from "@aws-sdk/client-ec2";
import { LifeboatError } from "../../../../recovery/errors";
import type { FunctionHandler, InputRule, Properties } from "../../protocol/resource";
import { compact, records, requiredText, text, textMap, texts } from "../../protocol/values";
import { regionInput, regionOf, tagMap, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { ec2, ec2Arn } from "../ec2/client";
import { dnsOf } from "../ec2/vpc";
import { notFound } from "./notFound";

const gone = [
  "InvalidVpcID.NotFound",
  "InvalidSubnetID.NotFound",
  "InvalidGroup.NotFound",
  "InvalidGroupId.NotFound",
  "InvalidGroupId.Malformed",
];
const hint = "Check the id, the tags and the region";

const filterInputs: { readonly [name: string]: InputRule } = {
  filters: { fields: { name: { required: true }, values: { required: true } } },
  tags: {},
};

/** The filters of a function's arguments: those that it gives, its tags, and the arguments that AWS knows as filters. */
function filtersOf(args: Properties, names: { readonly [argument: string]: string }): Filter[] | undefined {
  const filters: Filter[] = records(args, "filters").map((filter) => ({
    Name: requiredText(filter, "name"),
    Values: texts(filter, "values"),
  }));
  for (const [key, value] of Object.entries(textMap(args, "tags") ?? {})) filters.push({ Name: `tag:${key}`, Values: [value] });
  for (const [argument, Name] of Object.entries(names)) {
    const value = args[argument];
    if (value !== undefined && value !== null) filters.push({ Name, Values: [String(value)] });
  }
  return filters.length === 0 ? undefined : filters;
}

/** The one thing that was found; none and several are both errors, because a program that goes on with either is wrong. */
function only<T>(found: readonly T[] | undefined, kind: string, asked: Properties): T {
  const [first, second] = found ?? [];
  if (first === undefined) throw notFound(kind, asked, hint);
  if (second === undefined) return first;
  throw new LifeboatError({
    code: "configuration",
    what: `AWS has ${found?.length} ${kind}s as asked`,
    received: JSON.stringify(asked),
    allowed: "arguments that fit one",
    hint: "Name it by its id, or add a filter",
  });
}

const idsOf = (args: Properties): string[] | undefined => {
  const id = text(args, "id");
  return id === undefined ? undefined : [id];
};

export const getVpc: FunctionHandler<AwsContext> = {
  token: "aws:ec2/getVpc:getVpc",
  inputs: { ...regionInput, ...filterInputs, id: {}, cidrBlock: {}, default: {}, dhcpOptionsId: {}, state: {} },
  async call(context, args) {
    const client = ec2(context, args);
    const Filters = filtersOf(args, { cidrBlock: "cidr", default: "isDefault", dhcpOptionsId: "dhcp-options-id", state: "state" });
    const answer = await unlessGone(client.send(new DescribeVpcsCommand({ VpcIds: idsOf(args), Filters })), ...gone);
    const region = regionOf(context, args);
    const found = only(answer?.Vpcs, "VPC", { ...args, region });
    const id = found.VpcId ?? "";
    return compact({
      ...args,
      id,
      region,
      arn: ec2Arn(context, args, found.OwnerId, "vpc", id),
      cidrBlock: found.CidrBlock,
      cidrBlockAssociations: (found.CidrBlockAssociationSet ?? []).map(({ AssociationId, CidrBlock, CidrBlockState }) =>
        compact({ associationId: AssociationId, cidrBlock: CidrBlock, state: CidrBlockState?.State }),
      ),
      default: found.IsDefault ?? false,
      dhcpOptionsId: found.DhcpOptionsId,
      ...(await dnsOf(client, id)),
      instanceTenancy: found.InstanceTenancy,
      ownerId: found.OwnerId,
      state: found.State,
      tags: tagMap(found.Tags),
    });
  },
};

export const getSubnet: FunctionHandler<AwsContext> = {
  token: "aws:ec2/getSubnet:getSubnet",
  inputs: {
    ...regionInput,
    ...filterInputs,
    id: {},
    vpcId: {},
    cidrBlock: {},
    availabilityZone: {},
    availabilityZoneId: {},
    defaultForAz: {},
    state: {},
  },
  async call(context, args) {
    const Filters = filtersOf(args, {
      vpcId: "vpc-id",
      cidrBlock: "cidr-block",
      availabilityZone: "availability-zone",
      availabilityZoneId: "availability-zone-id",
      defaultForAz: "default-for-az",
      state: "state",
    });
    const answer = await unlessGone(ec2(context, args).send(new DescribeSubnetsCommand({ SubnetIds: idsOf(args), Filters })), ...gone);
    const region = regionOf(context, args);
    const found = only(answer?.Subnets, "subnet", { ...args, region });
    return compact({
      ...args,
      id: found.SubnetId,
      region,
      arn: found.SubnetArn,
      vpcId: found.VpcId,
      cidrBlock: found.CidrBlock,
      availabilityZone: found.AvailabilityZone,
      availabilityZoneId: found.AvailabilityZoneId,
      availableIpAddressCount: found.AvailableIpAddressCount,
      defaultForAz: found.DefaultForAz ?? false,
      mapPublicIpOnLaunch: found.MapPublicIpOnLaunch ?? false,
      ownerId: found.OwnerId,
      state: found.State,
      tags: tagMap(found.Tags),
    });
  },
};

/** Several subnets, by their ids; none is no error. */
export const getSubnets: FunctionHandler<AwsContext> = {
  token: "aws:ec2/getSubnets:getSubnets",
  inputs: { ...regionInput, ...filterInputs },
  async call(context, args) {
    const region = regionOf(context, args);
    const ids: string[] = [];
    for await (const page of paginateDescribeSubnets({ client: ec2(context, args) }, { Filters: filtersOf(args, {}) })) {
      ids.push(...(page.Subnets ?? []).flatMap(({ SubnetId }) => SubnetId ?? []));
    }
    return { tags: {}, ...args, id: region, region, ids };
  },
};

export const getSecurityGroup: FunctionHandler<AwsContext> = {
  token: "aws:ec2/getSecurityGroup:getSecurityGroup",
  inputs: { ...regionInput, ...filterInputs, id: {}, name: {}, vpcId: {} },
  async call(context, args) {
    const Filters = filtersOf(args, { name: "group-name", vpcId: "vpc-id" });
    const answer = await unlessGone(
      ec2(context, args).send(new DescribeSecurityGroupsCommand({ GroupIds: idsOf(args), Filters })),
      ...gone,
    );
    const region = regionOf(context, args);
    const found = only(answer?.SecurityGroups, "security group", { ...args, region });
    const id = found.GroupId ?? "";
    return compact({
      ...args,
      id,
      region,
      arn: found.SecurityGroupArn ?? ec2Arn(context, args, found.OwnerId, "security-group", id),
      name: found.GroupName,
      description: found.Description,
      vpcId: found.VpcId,
      tags: tagMap(found.Tags),
    });
  },
};
