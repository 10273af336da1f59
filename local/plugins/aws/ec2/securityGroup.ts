import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText, text } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { allTags, regionFromProvider, regionInput, regionOf, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { ec2, ec2Arn, taggedAtCreation, tagging } from "./client";
import { grainsOf, permissionsOf, ruleListInput, rulesRead, without } from "./permissions";

const gone = ["InvalidGroup.NotFound", "InvalidGroupId.NotFound"];

/** What AWS gives every new group in a VPC; the official plugin takes it away, so that a group allows only what is written. */
const everythingOut = [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }];

async function authorize(
  client: EC2Client,
  GroupId: string,
  direction: "ingress" | "egress",
  olds: Properties,
  news: Properties,
): Promise<void> {
  if (news[direction] === undefined) return;
  const before = grainsOf(GroupId, olds[direction]);
  const after = grainsOf(GroupId, news[direction]);
  const isIngress = direction === "ingress";
  const removed = permissionsOf(without(before, after));
  const added = permissionsOf(without(after, before));
  if (removed.length > 0) {
    const request = { GroupId, IpPermissions: removed };
    await (isIngress
      ? client.send(new RevokeSecurityGroupIngressCommand(request))
      : client.send(new RevokeSecurityGroupEgressCommand(request)));
  }
  if (added.length > 0) {
    const request = { GroupId, IpPermissions: added };
    await (isIngress
      ? client.send(new AuthorizeSecurityGroupIngressCommand(request))
      : client.send(new AuthorizeSecurityGroupEgressCommand(request)));
  }
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const answer = await unlessGone(ec2(context, state).send(new DescribeSecurityGroupsCommand({ GroupIds: [id] })), ...gone);
  const found = answer?.SecurityGroups?.[0];
  if (found === undefined) return undefined;
  const tags = tagMap(found.Tags);
  const inputs = compact({
    region: regionOf(context, state),
    name: found.GroupName,
    description: found.Description,
    vpcId: found.VpcId,
    ingress: rulesRead(id, state.ingress, found.IpPermissions),
    egress: rulesRead(id, state.egress, found.IpPermissionsEgress),
    ...tagsRead(context, tags, state),
  });
  const arn = found.SecurityGroupArn ?? ec2Arn(context, state, found.OwnerId, "security-group", id);
  return { inputs, outputs: compact({ ...inputs, arn, ownerId: found.OwnerId, tagsAll: tags }) };
};

export const securityGroup: ResourceHandler<AwsContext> = {
  type: "aws:ec2/securityGroup:SecurityGroup",
  inputs: {
    ...regionInput,
    ...tagsInput,
    name: { replaces: true },
    description: { default: "Managed by Pulumi", replaces: true },
    vpcId: { chosenByService: true, replaces: true },
    ingress: ruleListInput,
    egress: ruleListInput,
  },
  autoName: { property: "name", maxLength: 255 },
  identity: ["region", "vpcId", "name"],
  computed: ["arn", "ownerId", "tagsAll"],
  configured: regionFromProvider,

  async create(context, inputs) {
    const client = ec2(context, inputs);
    const created = await client.send(
      new CreateSecurityGroupCommand({
        GroupName: requiredText(inputs, "name"),
        Description: text(inputs, "description"),
        VpcId: text(inputs, "vpcId"),
        TagSpecifications: taggedAtCreation("security-group", allTags(context, inputs)),
      }),
    );
    const id = created.GroupId ?? "";
    return finishCreation(read, context, id, inputs, async () => {
      await authorize(client, id, "egress", { egress: everythingOut }, { egress: inputs.egress ?? [] });
      await authorize(client, id, "ingress", {}, inputs);
    });
  },

  read,

  async update(context, id, olds, news) {
    const client = ec2(context, news);
    await authorize(client, id, "egress", olds, news);
    await authorize(client, id, "ingress", olds, news);
    await retag(context, olds, news, tagging(client, id));
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(ec2(context, state).send(new DeleteSecurityGroupCommand({ GroupId: id })), ...gone);
  },
};
