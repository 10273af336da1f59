import {
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  EKSClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-eks";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText, text } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { allTags, regionFromProvider, regionInput, regionOf, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";

const clientOf = (context: AwsContext, properties: Properties) => context.client(EKSClient, regionOf(context, properties));
const GONE = "ResourceNotFoundException";

/** A cluster and a principal, which no name of a cluster has a colon in. */
const named = (properties: Properties) => ({
  clusterName: requiredText(properties, "clusterName"),
  principalArn: requiredText(properties, "principalArn"),
});

const read: ResourceHandler<AwsContext>["read"] = async (context, _id, state) => {
  const found = (await unlessGone(clientOf(context, state).send(new DescribeAccessEntryCommand(named(state))), GONE))?.accessEntry;
  if (found === undefined) return undefined;
  const tags = found.tags ?? {};
  const inputs = compact({
    region: regionOf(context, state),
    clusterName: found.clusterName,
    principalArn: found.principalArn,
    type: text(state, "type") === undefined ? undefined : found.type,
    ...tagsRead(context, tags, state),
  });
  return { inputs, outputs: compact({ ...inputs, accessEntryArn: found.accessEntryArn, tagsAll: tags }) };
};

export const accessEntry: ResourceHandler<AwsContext> = {
  type: "aws:eks/accessEntry:AccessEntry",
  inputs: {
    ...regionInput,
    ...tagsInput,
    clusterName: { required: true, replaces: true },
    principalArn: { required: true, replaces: true },
    type: { replaces: true },
  },
  // A principal has one entry in a cluster.
  identity: ["clusterName", "principalArn"],
  computed: ["accessEntryArn", "tagsAll"],
  configured: regionFromProvider,

  async create(context, inputs) {
    const asked = named(inputs);
    await clientOf(context, inputs).send(
      new CreateAccessEntryCommand({ ...asked, type: text(inputs, "type"), tags: allTags(context, inputs) }),
    );
    return finishCreation(read, context, `${asked.clusterName}:${asked.principalArn}`, inputs);
  },

  read,

  async update(context, id, olds, news) {
    const client = clientOf(context, news);
    const resourceArn = requiredText(olds, "accessEntryArn");
    await retag(context, olds, news, {
      tag: (tags) => client.send(new TagResourceCommand({ resourceArn, tags })),
      untag: (tagKeys) => client.send(new UntagResourceCommand({ resourceArn, tagKeys })),
    });
    return outputsOf(read, context, id, news);
  },

  async delete(context, _id, state) {
    await unlessGone(clientOf(context, state).send(new DeleteAccessEntryCommand(named(state))), GONE);
  },
};
