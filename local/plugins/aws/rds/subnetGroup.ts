import {
  CreateDBSubnetGroupCommand,
  DeleteDBSubnetGroupCommand,
  DescribeDBSubnetGroupsCommand,
  ListTagsForResourceCommand,
  ModifyDBSubnetGroupCommand,
} from "@aws-sdk/client-rds";
import type { ResourceHandler } from "../../protocol/resource";
import { compact, requiredText, text, texts } from "../../protocol/values";
import { changed, finishCreation, inOrder, outputsOf } from "../answers";
import { allTags, regionFromProvider, regionInput, regionOf, tagList, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { named, notLowercase, rds, tagging } from "./client";

// The one error of RDS whose code ends in Fault: DBSubnetGroupNotFoundFault.
const gone = named("DBSubnetGroupNotFound");

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = rds(context, state);
  const answer = await unlessGone(client.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: id })), ...gone);
  const found = answer?.DBSubnetGroups?.find((group) => group.DBSubnetGroupName === id);
  if (found === undefined) return undefined;
  const tags = tagMap((await client.send(new ListTagsForResourceCommand({ ResourceName: found.DBSubnetGroupArn }))).TagList);
  const inputs = compact({
    region: regionOf(context, state),
    name: found.DBSubnetGroupName,
    description: found.DBSubnetGroupDescription,
    subnetIds: inOrder(
      state,
      "subnetIds",
      (found.Subnets ?? []).flatMap(({ SubnetIdentifier }) => SubnetIdentifier ?? []),
    ),
    ...tagsRead(context, tags, state),
  });
  const outputs = compact({
    ...inputs,
    arn: found.DBSubnetGroupArn,
    vpcId: found.VpcId,
    namePrefix: "",
    supportedNetworkTypes: found.SupportedNetworkTypes ?? [],
    tagsAll: tags,
  });
  return { inputs, outputs };
};

export const subnetGroup: ResourceHandler<AwsContext> = {
  type: "aws:rds/subnetGroup:SubnetGroup",
  inputs: {
    ...regionInput,
    ...tagsInput,
    name: { replaces: true },
    description: { default: "Managed by Pulumi" },
    subnetIds: { required: true, compareAs: "set" },
  },
  autoName: { property: "name", maxLength: 255, lowercase: true },
  computed: ["arn", "vpcId", "namePrefix", "supportedNetworkTypes", "tagsAll"],
  configured: regionFromProvider,

  check: (inputs) => notLowercase("name", text(inputs, "name")),

  async create(context, inputs) {
    const name = requiredText(inputs, "name");
    const tags = tagList(allTags(context, inputs));
    await rds(context, inputs).send(
      new CreateDBSubnetGroupCommand({
        DBSubnetGroupName: name,
        DBSubnetGroupDescription: requiredText(inputs, "description"),
        SubnetIds: texts(inputs, "subnetIds"),
        Tags: tags.length === 0 ? undefined : tags,
      }),
    );
    return finishCreation(read, context, name, inputs);
  },

  read,

  async update(context, id, olds, news) {
    const client = rds(context, news);
    if (changed(olds, news, "description", "subnetIds")) {
      await client.send(
        new ModifyDBSubnetGroupCommand({
          DBSubnetGroupName: id,
          DBSubnetGroupDescription: requiredText(news, "description"),
          SubnetIds: texts(news, "subnetIds"),
        }),
      );
    }
    const outputs = await outputsOf(read, context, id, news);
    await retag(context, olds, news, tagging(client, requiredText(outputs, "arn")));
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(rds(context, state).send(new DeleteDBSubnetGroupCommand({ DBSubnetGroupName: id })), ...gone);
  },
};
