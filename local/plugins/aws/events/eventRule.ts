import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListTagsForResourceCommand,
  PutRuleCommand,
  RuleState,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-eventbridge";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, flag, requiredText, text } from "../../protocol/values";
import { asWritten, finishCreation, outputsOf, unlessEmpty } from "../answers";
import { choice, requireOne } from "../choice";
import { allTags, kept, regionFromProvider, regionInput, regionOf, tagList, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { eventBusOf, ruleId, rulePlace } from "./place";

const clientOf = (context: AwsContext, properties: Properties) => context.client(EventBridgeClient, regionOf(context, properties));

/** The whole rule: PutRule replaces what it finds. Only the embedded one keeps a description that is left out. */
const request = (inputs: Properties) => ({
  Name: requiredText(inputs, "name"),
  EventBusName: eventBusOf(inputs),
  Description: text(inputs, "description") ?? "",
  ScheduleExpression: text(inputs, "scheduleExpression"),
  EventPattern: text(inputs, "eventPattern"),
  State: choice(inputs, "state", RuleState),
  RoleArn: text(inputs, "roleArn"),
});

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = clientOf(context, state);
  const place = rulePlace(id);
  const found = await unlessGone(
    client.send(new DescribeRuleCommand({ Name: place.name, EventBusName: place.bus })),
    "ResourceNotFoundException",
  );
  if (found === undefined) return undefined;
  const listed = await client.send(new ListTagsForResourceCommand({ ResourceARN: found.Arn }));
  const tags = tagMap(listed.Tags);
  const inputs = compact({
    ...kept(state, "forceDestroy"),
    region: regionOf(context, state),
    name: found.Name,
    eventBusName: text(state, "eventBusName") ?? found.EventBusName,
    description: unlessEmpty(state, "description", found.Description),
    scheduleExpression: unlessEmpty(state, "scheduleExpression", found.ScheduleExpression),
    eventPattern: asWritten(state, "eventPattern", found.EventPattern),
    state: found.State,
    roleArn: unlessEmpty(state, "roleArn", found.RoleArn),
    ...tagsRead(context, tags, state),
  });
  return { inputs, outputs: compact({ ...inputs, arn: found.Arn, tagsAll: tags }) };
};

export const eventRule: ResourceHandler<AwsContext> = {
  type: "aws:cloudwatch/eventRule:EventRule",
  inputs: {
    ...regionInput,
    ...tagsInput,
    name: { replaces: true },
    eventBusName: { default: "default", replaces: true },
    description: {},
    scheduleExpression: {},
    eventPattern: { compareAs: "json" },
    state: { default: "ENABLED" },
    roleArn: {},
    forceDestroy: { default: false },
  },
  autoName: { property: "name", maxLength: 64 },
  computed: ["arn", "tagsAll"],
  configured: regionFromProvider,

  async create(context, inputs) {
    requireOne(inputs, `The rule ${requiredText(inputs, "name")}`, "scheduleExpression", "eventPattern");
    const tags = tagList(allTags(context, inputs));
    await clientOf(context, inputs).send(new PutRuleCommand({ ...request(inputs), Tags: tags.length === 0 ? undefined : tags }));
    return finishCreation(read, context, ruleId(inputs), inputs);
  },

  read,

  async update(context, id, olds, news) {
    requireOne(news, `The rule ${id}`, "scheduleExpression", "eventPattern");
    const client = clientOf(context, news);
    await client.send(new PutRuleCommand(request(news)));
    const ResourceARN = requiredText(olds, "arn");
    await retag(context, olds, news, {
      tag: (tags) => client.send(new TagResourceCommand({ ResourceARN, Tags: tagList(tags) })),
      untag: (keys) => client.send(new UntagResourceCommand({ ResourceARN, TagKeys: keys })),
    });
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    const { name, bus } = rulePlace(id);
    const request = new DeleteRuleCommand({ Name: name, EventBusName: bus, Force: flag(state, "forceDestroy") });
    await unlessGone(clientOf(context, state).send(request), "ResourceNotFoundException");
  },
};
