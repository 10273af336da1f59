import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeSubnetsCommand,
  type EC2Client,
  ModifySubnetAttributeCommand,
} from "@aws-sdk/client-ec2";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, flag, requiredText, text } from "../../protocol/values";
import { changed, finishCreation, outputsOf } from "../answers";
import { allTags, regionFromProvider, regionInput, regionOf, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { ec2, ec2Arn, taggedAtCreation, tagging } from "./client";

const gone = "InvalidSubnetID.NotFound";

const setPublic = (client: EC2Client, SubnetId: string, inputs: Properties) =>
  client.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: flag(inputs, "mapPublicIpOnLaunch") ?? false } }));

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const answer = await unlessGone(ec2(context, state).send(new DescribeSubnetsCommand({ SubnetIds: [id] })), gone);
  const found = answer?.Subnets?.[0];
  if (found === undefined) return undefined;
  const tags = tagMap(found.Tags);
  const inputs = compact({
    region: regionOf(context, state),
    vpcId: found.VpcId,
    cidrBlock: found.CidrBlock,
    availabilityZone: found.AvailabilityZone,
    availabilityZoneId: found.AvailabilityZoneId,
    mapPublicIpOnLaunch: found.MapPublicIpOnLaunch ?? false,
    ...tagsRead(context, tags, state),
  });
  const arn = found.SubnetArn ?? ec2Arn(context, state, found.OwnerId, "subnet", id);
  return { inputs, outputs: compact({ ...inputs, arn, ownerId: found.OwnerId, tagsAll: tags }) };
};

export const subnet: ResourceHandler<AwsContext> = {
  type: "aws:ec2/subnet:Subnet",
  inputs: {
    ...regionInput,
    ...tagsInput,
    vpcId: { required: true, replaces: true },
    cidrBlock: { required: true, replaces: true },
    availabilityZone: { chosenByService: true, replaces: true },
    availabilityZoneId: { chosenByService: true, replaces: true },
    mapPublicIpOnLaunch: { default: false },
  },
  identity: ["region", "vpcId", "cidrBlock"],
  computed: ["arn", "ownerId", "tagsAll"],
  configured: regionFromProvider,

  check(inputs) {
    return inputs.availabilityZone !== undefined && inputs.availabilityZoneId !== undefined
      ? [{ property: "availabilityZoneId", reason: "cannot stand beside availabilityZone" }]
      : [];
  },

  async create(context, inputs) {
    const client = ec2(context, inputs);
    const created = await client.send(
      new CreateSubnetCommand({
        VpcId: requiredText(inputs, "vpcId"),
        CidrBlock: requiredText(inputs, "cidrBlock"),
        AvailabilityZone: text(inputs, "availabilityZone"),
        AvailabilityZoneId: text(inputs, "availabilityZoneId"),
        TagSpecifications: taggedAtCreation("subnet", allTags(context, inputs)),
      }),
    );
    const id = created.Subnet?.SubnetId ?? "";
    return finishCreation(read, context, id, inputs, async () => {
      if (flag(inputs, "mapPublicIpOnLaunch") === true) await setPublic(client, id, inputs);
    });
  },

  read,

  async update(context, id, olds, news) {
    const client = ec2(context, news);
    if (changed(olds, news, "mapPublicIpOnLaunch")) await setPublic(client, id, news);
    await retag(context, olds, news, tagging(client, id));
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(ec2(context, state).send(new DeleteSubnetCommand({ SubnetId: id })), gone);
  },
};
