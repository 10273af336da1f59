import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  ListTagsForResourceCommand,
  SFNClient,
  StateMachineType,
  type Tag,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText } from "../../protocol/values";
import { asWritten, changed, finishCreation, outputsOf } from "../answers";
import { choice } from "../choice";
import { allTags, regionFromProvider, regionInput, regionOf, type Tags, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { documentFailures } from "../documents";
import { retag } from "../retag";

const clientOf = (context: AwsContext, properties: Properties) => context.client(SFNClient, regionOf(context, properties));
const gone = "StateMachineDoesNotExist";

/** This service alone writes tags in lower case. */
const tagsOf = (tags: Tags): Tag[] => Object.entries(tags).map(([key, value]) => ({ key, value }));
const tagsFrom = (list: readonly Tag[] | undefined): Tags => tagMap(list?.map(({ key, value }) => ({ Key: key, Value: value })));

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = clientOf(context, state);
  const found = await unlessGone(client.send(new DescribeStateMachineCommand({ stateMachineArn: id })), gone);
  if (found === undefined || found.status === "DELETING") return undefined;
  const tags = tagsFrom((await client.send(new ListTagsForResourceCommand({ resourceArn: id }))).tags);
  const inputs = compact({
    region: regionOf(context, state),
    name: found.name,
    definition: asWritten(state, "definition", found.definition),
    roleArn: found.roleArn,
    type: found.type,
    ...tagsRead(context, tags, state),
  });
  const { status, revisionId } = found;
  const creationDate = found.creationDate?.toISOString();
  return { inputs, outputs: compact({ ...inputs, arn: found.stateMachineArn, status, revisionId, creationDate, tagsAll: tags }) };
};

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
export const stateMachine: ResourceHandler<AwsContext> = {
  type: "aws:sfn/stateMachine:StateMachine",
  inputs: {
    ...regionInput,
    ...tagsInput,
    name: { replaces: true },
    definition: { required: true, compareAs: "json" },
    roleArn: { required: true },
    type: { default: StateMachineType.STANDARD, replaces: true },
  },
  autoName: { property: "name", maxLength: 80 },
  computed: ["arn", "status", "revisionId", "creationDate", "tagsAll"],
  configured: regionFromProvider,
  check: (inputs) => documentFailures(inputs, "definition"),

  async create(context, inputs) {
    const tags = tagsOf(allTags(context, inputs));
    const created = await clientOf(context, inputs).send(
      new CreateStateMachineCommand({
        name: requiredText(inputs, "name"),
        definition: requiredText(inputs, "definition"),
        roleArn: requiredText(inputs, "roleArn"),
        type: choice(inputs, "type", StateMachineType),
        tags: tags.length === 0 ? undefined : tags,
      }),
    );
    return finishCreation(read, context, created.stateMachineArn ?? "", inputs);
  },

  read,

  async update(context, id, olds, news) {
    const client = clientOf(context, news);
    if (changed(olds, news, "definition", "roleArn"))
      await client.send(
        new UpdateStateMachineCommand({
          stateMachineArn: id,
          definition: requiredText(news, "definition"),
          roleArn: requiredText(news, "roleArn"),
        }),
      );
    await retag(context, olds, news, {
      tag: (tags) => client.send(new TagResourceCommand({ resourceArn: id, tags: tagsOf(tags) })),
      untag: (tagKeys) => client.send(new UntagResourceCommand({ resourceArn: id, tagKeys })),
    });
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(clientOf(context, state).send(new DeleteStateMachineCommand({ stateMachineArn: id })), gone);
  },
};
