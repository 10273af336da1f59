import { setTimeout as pause } from "node:timers/promises";
import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  type EC2Client,
  ModifyVpcEndpointCommand,
  type VpcEndpoint,
  VpcEndpointType,
} from "@aws-sdk/client-ec2";
import { LifeboatError } from "../../../../recovery/errors";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, flag, requiredText, text, texts } from "../../protocol/values";
import { asWritten, changed, finishCreation, inOrder, outputsOf } from "../answers";
import { choice } from "../choice";
import { allTags, regionFromProvider, regionInput, regionOf, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { ec2, ec2Arn, taggedAtCreation, tagging } from "./client";

const gone = "InvalidVpcEndpointId.NotFound";
const pauseMilliseconds = 500;
const attempts = (10 * 60_000) / pauseMilliseconds;

/** What the official plugin outputs for what AWS leaves unsaid. */
const unsaid = { subnetIds: [], securityGroupIds: [], routeTableIds: [], privateDnsEnabled: false, policy: "" };

async function find(client: EC2Client, id: string): Promise<VpcEndpoint | undefined> {
  const answer = await unlessGone(client.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] })), gone);
  const found = answer?.VpcEndpoints?.find((endpoint) => endpoint.VpcEndpointId === id);
  return found?.State?.toLowerCase() === "deleted" ? undefined : found;
}

/** Until the endpoint leaves `moving`, the state that AWS passes through after a call. */
async function settle(client: EC2Client, id: string, moving: string, signal?: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const found = await find(client, id);
    if (found?.State?.toLowerCase() !== moving) return;
    await pause(pauseMilliseconds, undefined, { signal });
  }
  throw new LifeboatError({
    code: "store-unavailable",
    what: `The VPC endpoint ${id} is still ${moving} after ten minutes`,
    hint: "Run the update again",
  });
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const found = await find(ec2(context, state), id);
  if (found === undefined) return undefined;
  const tags = tagMap(found.Tags);
  const inputs = compact({
    region: regionOf(context, state),
    vpcId: found.VpcId,
    serviceName: found.ServiceName,
    vpcEndpointType: found.VpcEndpointType,
    subnetIds: inOrder(state, "subnetIds", found.SubnetIds),
    routeTableIds: inOrder(state, "routeTableIds", found.RouteTableIds),
    // What the embedded EC2 takes but does not tell of an endpoint (groups, private DNS, policy) is believed to be as asked.
    securityGroupIds:
      found.Groups === undefined
        ? texts(state, "securityGroupIds")
        : inOrder(
            state,
            "securityGroupIds",
            found.Groups.flatMap(({ GroupId }) => GroupId ?? []),
          ),
    privateDnsEnabled: found.PrivateDnsEnabled ?? flag(state, "privateDnsEnabled"),
    policy: found.PolicyDocument === undefined ? text(state, "policy") : asWritten(state, "policy", found.PolicyDocument),
    ...tagsRead(context, tags, state),
  });
  const outputs = compact({
    ...unsaid,
    ...inputs,
    arn: ec2Arn(context, state, found.OwnerId, "vpc-endpoint", id),
    ownerId: found.OwnerId,
    state: found.State,
    requesterManaged: found.RequesterManaged ?? false,
    networkInterfaceIds: found.NetworkInterfaceIds ?? [],
    dnsEntries: (found.DnsEntries ?? []).map(({ DnsName, HostedZoneId }) => compact({ dnsName: DnsName, hostedZoneId: HostedZoneId })),
    tagsAll: tags,
  });
  return { inputs, outputs };
};

/** What to add and what to remove so that a set goes from `olds` to `news`; undefined where nothing changes. */
function setChange(olds: Properties, news: Properties, name: string) {
  if (news[name] === undefined) return { added: undefined, removed: undefined };
  const before = texts(olds, name) ?? [];
  const after = texts(news, name) ?? [];
  const added = after.filter((member) => !before.includes(member));
  const removed = before.filter((member) => !after.includes(member));
  return { added: added.length === 0 ? undefined : added, removed: removed.length === 0 ? undefined : removed };
}

export const vpcEndpoint: ResourceHandler<AwsContext> = {
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  inputs: {
    ...regionInput,
    ...tagsInput,
    vpcId: { required: true, replaces: true },
    serviceName: { required: true, replaces: true },
    vpcEndpointType: { default: "Gateway", replaces: true },
    subnetIds: { compareAs: "set", chosenByService: true },
    securityGroupIds: { compareAs: "set", chosenByService: true },
    routeTableIds: { compareAs: "set", chosenByService: true },
    privateDnsEnabled: { chosenByService: true },
    policy: { compareAs: "json", chosenByService: true },
  },
  computed: ["arn", "ownerId", "state", "requesterManaged", "networkInterfaceIds", "dnsEntries", "tagsAll"],
  configured: regionFromProvider,

  check(inputs) {
    const type = inputs.vpcEndpointType;
    const foreign = type === "Gateway" ? ["subnetIds", "securityGroupIds", "privateDnsEnabled"] : ["routeTableIds"];
    const failures = foreign.filter((property) => inputs[property] !== undefined && inputs[property] !== false);
    return failures.map((property) => ({ property, reason: `does not belong to an endpoint of type ${String(type)}` }));
  },

  async create(context, inputs, signal) {
    const client = ec2(context, inputs);
    const created = await client.send(
      new CreateVpcEndpointCommand({
        VpcId: requiredText(inputs, "vpcId"),
        ServiceName: requiredText(inputs, "serviceName"),
        VpcEndpointType: choice(inputs, "vpcEndpointType", VpcEndpointType),
        SubnetIds: texts(inputs, "subnetIds"),
        SecurityGroupIds: texts(inputs, "securityGroupIds"),
        RouteTableIds: texts(inputs, "routeTableIds"),
        PrivateDnsEnabled: flag(inputs, "privateDnsEnabled"),
        PolicyDocument: text(inputs, "policy"),
        TagSpecifications: taggedAtCreation("vpc-endpoint", allTags(context, inputs)),
      }),
    );
    const id = created.VpcEndpoint?.VpcEndpointId ?? "";
    return finishCreation(read, context, id, inputs, () => settle(client, id, "pending", signal));
  },

  read,

  async update(context, id, olds, news, signal) {
    const client = ec2(context, news);
    if (changed(olds, news, "subnetIds", "securityGroupIds", "routeTableIds", "privateDnsEnabled", "policy")) {
      const subnets = setChange(olds, news, "subnetIds");
      const groups = setChange(olds, news, "securityGroupIds");
      const tables = setChange(olds, news, "routeTableIds");
      await client.send(
        new ModifyVpcEndpointCommand({
          VpcEndpointId: id,
          AddSubnetIds: subnets.added,
          RemoveSubnetIds: subnets.removed,
          AddSecurityGroupIds: groups.added,
          RemoveSecurityGroupIds: groups.removed,
          AddRouteTableIds: tables.added,
          RemoveRouteTableIds: tables.removed,
          PrivateDnsEnabled: changed(olds, news, "privateDnsEnabled") ? flag(news, "privateDnsEnabled") : undefined,
          PolicyDocument: changed(olds, news, "policy") ? text(news, "policy") : undefined,
        }),
      );
      await settle(client, id, "pending", signal);
    }
    await retag(context, olds, news, tagging(client, id));
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    const client = ec2(context, state);
    await unlessGone(client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] })), gone);
    // Its network interfaces hold the subnets and groups until it is really gone.
    await settle(client, id, "deleting");
  },
};
