import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  type EC2Client,
  ModifyVpcAttributeCommand,
  Tenancy,
} from "@aws-sdk/client-ec2";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, flag, requiredText } from "../../protocol/values";
import { changed, finishCreation, outputsOf } from "../answers";
import { choice } from "../choice";
import { allTags, regionFromProvider, regionInput, regionOf, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { ec2, ec2Arn, taggedAtCreation, tagging } from "./client";

const gone = "InvalidVpcID.NotFound";

/** Sets the DNS attributes that the program gives; AWS takes one a call. */
async function setDns(client: EC2Client, VpcId: string, inputs: Properties): Promise<void> {
  const support = flag(inputs, "enableDnsSupport");
  const hostnames = flag(inputs, "enableDnsHostnames");
  if (support !== undefined) await client.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: support } }));
  if (hostnames !== undefined) await client.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: hostnames } }));
}

export async function dnsOf(client: EC2Client, VpcId: string) {
  const support = await client.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsSupport" }));
  const hostnames = await client.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsHostnames" }));
  return { enableDnsSupport: support.EnableDnsSupport?.Value ?? true, enableDnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false };
}

/** What AWS makes with every VPC, found by asking for it: the VPC does not name them. */
async function madeWith(client: EC2Client, vpcId: string) {
  const Filters = [{ Name: "vpc-id", Values: [vpcId] }];
  const [acls, tables, groups] = await Promise.all([
    client.send(new DescribeNetworkAclsCommand({ Filters: [...Filters, { Name: "default", Values: ["true"] }] })),
    client.send(new DescribeRouteTablesCommand({ Filters: [...Filters, { Name: "association.main", Values: ["true"] }] })),
    client.send(new DescribeSecurityGroupsCommand({ Filters: [...Filters, { Name: "group-name", Values: ["default"] }] })),
  ]);
  const mainRouteTableId = tables.RouteTables?.[0]?.RouteTableId;
  return {
    defaultNetworkAclId: acls.NetworkAcls?.find((acl) => acl.IsDefault && acl.VpcId === vpcId)?.NetworkAclId,
    defaultRouteTableId: mainRouteTableId,
    mainRouteTableId,
    defaultSecurityGroupId: groups.SecurityGroups?.[0]?.GroupId,
  };
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = ec2(context, state);
  const answer = await unlessGone(client.send(new DescribeVpcsCommand({ VpcIds: [id] })), gone);
  const found = answer?.Vpcs?.[0];
  if (found === undefined) return undefined;
  const tags = tagMap(found.Tags);
  const inputs = compact({
    region: regionOf(context, state),
    cidrBlock: found.CidrBlock,
    instanceTenancy: found.InstanceTenancy,
    ...(await dnsOf(client, id)),
    ...tagsRead(context, tags, state),
  });
  const outputs = compact({
    ...inputs,
    ...(await madeWith(client, id)),
    arn: ec2Arn(context, state, found.OwnerId, "vpc", id),
    dhcpOptionsId: found.DhcpOptionsId,
    ownerId: found.OwnerId,
    tagsAll: tags,
  });
  return { inputs, outputs };
};

export const vpc: ResourceHandler<AwsContext> = {
  type: "aws:ec2/vpc:Vpc",
  inputs: {
    ...regionInput,
    ...tagsInput,
    cidrBlock: { required: true, replaces: true },
    instanceTenancy: { default: "default", replaces: true },
    enableDnsSupport: { default: true },
    enableDnsHostnames: { chosenByService: true },
  },
  computed: [
    ...["arn", "ownerId", "dhcpOptionsId", "tagsAll"],
    ...["defaultNetworkAclId", "defaultRouteTableId", "mainRouteTableId", "defaultSecurityGroupId"],
  ],
  configured: regionFromProvider,

  async create(context, inputs) {
    const client = ec2(context, inputs);
    const created = await client.send(
      new CreateVpcCommand({
        CidrBlock: requiredText(inputs, "cidrBlock"),
        InstanceTenancy: choice(inputs, "instanceTenancy", Tenancy),
        TagSpecifications: taggedAtCreation("vpc", allTags(context, inputs)),
      }),
    );
    const id = created.Vpc?.VpcId ?? "";
    return finishCreation(read, context, id, inputs, () => setDns(client, id, inputs));
  },

  read,

  async update(context, id, olds, news) {
    const client = ec2(context, news);
    if (changed(olds, news, "enableDnsSupport", "enableDnsHostnames")) await setDns(client, id, news);
    await retag(context, olds, news, tagging(client, id));
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(ec2(context, state).send(new DeleteVpcCommand({ VpcId: id })), gone);
  },
};
