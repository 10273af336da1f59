import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  type IpPermission,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, number, requiredText, text } from "../../protocol/values";
import { changed, finishCreation, outputsOf } from "../answers";
import { allTags, regionFromProvider, regionInput, regionOf, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { ec2, ec2Arn, taggedAtCreation, tagging } from "./client";

type Direction = "ingress" | "egress";

const gone = ["InvalidSecurityGroupRuleId.NotFound", "InvalidGroup.NotFound", "InvalidPermission.NotFound"];
const peers = ["cidrIpv4", "cidrIpv6", "referencedSecurityGroupId", "prefixListId"];

function permissionOf(inputs: Properties): IpPermission {
  const Description = text(inputs, "description");
  const [v4, v6, group, list] = peers.map((peer) => text(inputs, peer));
  return {
    IpProtocol: requiredText(inputs, "ipProtocol"),
    FromPort: number(inputs, "fromPort"),
    ToPort: number(inputs, "toPort"),
    ...(v4 === undefined ? {} : { IpRanges: [{ CidrIp: v4, Description }] }),
    ...(v6 === undefined ? {} : { Ipv6Ranges: [{ CidrIpv6: v6, Description }] }),
    ...(group === undefined ? {} : { UserIdGroupPairs: [{ GroupId: group, Description }] }),
    ...(list === undefined ? {} : { PrefixListIds: [{ PrefixListId: list, Description }] }),
  };
}

/** A rule for all protocols has no ports; AWS answers -1 for them. */
const portRead = (protocol: string | undefined, found: number | undefined, written: number | undefined): number | undefined =>
  protocol === "-1" || found === -1 ? written : found;

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const request = new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] });
  const answer = await unlessGone(ec2(context, state).send(request), ...gone);
  const found = answer?.SecurityGroupRules?.find((rule) => rule.SecurityGroupRuleId === id);
  if (found === undefined) return undefined;
  const tags = tagMap(found.Tags);
  const inputs = compact({
    region: regionOf(context, state),
    securityGroupId: found.GroupId,
    ipProtocol: found.IpProtocol,
    fromPort: portRead(found.IpProtocol, found.FromPort, number(state, "fromPort")),
    toPort: portRead(found.IpProtocol, found.ToPort, number(state, "toPort")),
    cidrIpv4: found.CidrIpv4,
    cidrIpv6: found.CidrIpv6,
    referencedSecurityGroupId: found.ReferencedGroupInfo?.GroupId,
    // The embedded EC2 keeps the prefix list of a rule but does not name it.
    prefixListId: found.PrefixListId ?? text(state, "prefixListId"),
    description: found.Description,
    ...tagsRead(context, tags, state),
  });
  const arn = found.SecurityGroupRuleArn ?? ec2Arn(context, state, found.GroupOwnerId, "security-group-rule", id);
  return { inputs, outputs: compact({ ...inputs, arn, securityGroupRuleId: id, tagsAll: tags }) };
};

/** Ingress and egress rules differ in two calls only. */
function securityGroupRule(direction: Direction): ResourceHandler<AwsContext> {
  const isIngress = direction === "ingress";
  return {
    type: isIngress
      ? "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
      : "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    inputs: {
      ...regionInput,
      ...tagsInput,
      securityGroupId: { required: true, replaces: true },
      ipProtocol: { required: true },
      fromPort: {},
      toPort: {},
      cidrIpv4: {},
      cidrIpv6: {},
      referencedSecurityGroupId: {},
      prefixListId: {},
      description: {},
    },
    computed: ["arn", "securityGroupRuleId", "tagsAll"],
    configured: regionFromProvider,

    check(inputs) {
      const given = peers.filter((peer) => inputs[peer] !== undefined);
      return given.length < 2 ? [] : [{ property: given[1] ?? "", reason: `cannot stand beside ${given[0]}: a rule has one peer` }];
    },

    async create(context, inputs) {
      const client = ec2(context, inputs);
      const request = {
        GroupId: requiredText(inputs, "securityGroupId"),
        IpPermissions: [permissionOf(inputs)],
        TagSpecifications: taggedAtCreation("security-group-rule", allTags(context, inputs)),
      };
      const created = isIngress
        ? await client.send(new AuthorizeSecurityGroupIngressCommand(request))
        : await client.send(new AuthorizeSecurityGroupEgressCommand(request));
      return finishCreation(read, context, created.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? "", inputs);
    },

    read,

    async update(context, id, olds, news) {
      const client = ec2(context, news);
      if (changed(olds, news, "ipProtocol", "fromPort", "toPort", "description", ...peers)) {
        const SecurityGroupRule = {
          IpProtocol: requiredText(news, "ipProtocol"),
          FromPort: number(news, "fromPort"),
          ToPort: number(news, "toPort"),
          CidrIpv4: text(news, "cidrIpv4"),
          CidrIpv6: text(news, "cidrIpv6"),
          ReferencedGroupId: text(news, "referencedSecurityGroupId"),
          PrefixListId: text(news, "prefixListId"),
          Description: text(news, "description") ?? "",
        };
        const SecurityGroupRules = [{ SecurityGroupRuleId: id, SecurityGroupRule }];
        await client.send(new ModifySecurityGroupRulesCommand({ GroupId: requiredText(news, "securityGroupId"), SecurityGroupRules }));
      }
      await retag(context, olds, news, tagging(client, id));
      return outputsOf(read, context, id, news);
    },

    async delete(context, id, state) {
      const client = ec2(context, state);
      const request = { GroupId: requiredText(state, "securityGroupId"), SecurityGroupRuleIds: [id] };
      const revoked: Promise<unknown> = isIngress
        ? client.send(new RevokeSecurityGroupIngressCommand(request))
        : client.send(new RevokeSecurityGroupEgressCommand(request));
      await unlessGone(revoked, ...gone);
    },
  };
}

export const securityGroupIngressRule = securityGroupRule("ingress");
export const securityGroupEgressRule = securityGroupRule("egress");
