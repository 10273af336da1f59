import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  SetTopicAttributesCommand,
  SNSClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, number, requiredText, text } from "../../protocol/values";
import { asWritten, changed, finishCreation, outputsOf, unlessEmpty } from "../answers";
import { allTags, regionFromProvider, regionInput, regionOf, tagList, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";

const clientOf = (context: AwsContext, properties: Properties) => context.client(SNSClient, regionOf(context, properties));

/** Inputs that are attributes of the topic, by AWS's name. */
const attributes: { readonly [property: string]: string } = {
  displayName: "DisplayName",
  policy: "Policy",
  deliveryPolicy: "DeliveryPolicy",
  kmsMasterKeyId: "KmsMasterKeyId",
  contentBasedDeduplication: "ContentBasedDeduplication",
  signatureVersion: "SignatureVersion",
  tracingConfig: "TracingConfig",
};

const attributeText = (inputs: Properties, property: string): string | undefined => {
  const value = inputs[property];
  return value === undefined || value === null ? undefined : String(value);
};

/** What the official plugin outputs for what AWS leaves unsaid. */
const unsaid = { policy: "", signatureVersion: 0, tracingConfig: "" };

const isFifo = (inputs: Properties): boolean => inputs.fifoTopic === true;

function attributesAtCreation(inputs: Properties): Record<string, string> {
  const result: Record<string, string> = isFifo(inputs) ? { FifoTopic: "true" } : {};
  for (const [property, attribute] of Object.entries(attributes)) {
    // SNS refuses the attribute on a standard topic, even as false.
    if (property === "contentBasedDeduplication" && !isFifo(inputs)) continue;
    const value = attributeText(inputs, property);
    if (value !== undefined) result[attribute] = value;
  }
  return result;
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = clientOf(context, state);
  const answer = await unlessGone(client.send(new GetTopicAttributesCommand({ TopicArn: id })), "NotFoundException", "NotFound");
  const found = answer?.Attributes;
  if (found === undefined) return undefined;
  const tags = tagMap((await client.send(new ListTagsForResourceCommand({ ResourceArn: id }))).Tags);
  const inputs = compact({
    region: regionOf(context, state),
    name: id.split(":").at(-1),
    displayName: unlessEmpty(state, "displayName", found.DisplayName),
    policy: asWritten(state, "policy", found.Policy),
    deliveryPolicy: asWritten(state, "deliveryPolicy", found.DeliveryPolicy),
    kmsMasterKeyId: unlessEmpty(state, "kmsMasterKeyId", found.KmsMasterKeyId),
    fifoTopic: found.FifoTopic === "true",
    contentBasedDeduplication: found.ContentBasedDeduplication === "true",
    signatureVersion: number(found, "SignatureVersion"),
    tracingConfig: found.TracingConfig,
    ...tagsRead(context, tags, state),
  });
  return { inputs, outputs: compact({ ...unsaid, ...inputs, arn: id, owner: found.Owner, tagsAll: tags }) };
};

export const topic: ResourceHandler<AwsContext> = {
  type: "aws:sns/topic:Topic",
  inputs: {
    ...regionInput,
    ...tagsInput,
    name: { replaces: true },
    displayName: {},
    // A TopicPolicy beside the topic sets it too: then it is no drift here.
    policy: { compareAs: "json", chosenByService: true },
    deliveryPolicy: { compareAs: "json" },
    kmsMasterKeyId: {},
    fifoTopic: { default: false, replaces: true },
    contentBasedDeduplication: { default: false },
    signatureVersion: { chosenByService: true },
    tracingConfig: { chosenByService: true },
  },
  autoName: { property: "name", maxLength: 256 },
  computed: ["arn", "owner", "tagsAll"],
  configured: regionFromProvider,

  check(inputs) {
    const name = text(inputs, "name");
    return isFifo(inputs) && name !== undefined && !name.endsWith(".fifo")
      ? [{ property: "name", reason: `is ${name}; the name of a FIFO topic ends in .fifo` }]
      : [];
  },

  async create(context, inputs) {
    const created = await clientOf(context, inputs).send(
      new CreateTopicCommand({
        Name: requiredText(inputs, "name"),
        Attributes: attributesAtCreation(inputs),
        Tags: tagList(allTags(context, inputs)),
      }),
    );
    return finishCreation(read, context, created.TopicArn ?? "", inputs);
  },

  read,

  async update(context, id, olds, news) {
    const client = clientOf(context, news);
    for (const [property, AttributeName] of Object.entries(attributes)) {
      const isLeftToAws = news[property] === undefined && ["policy", "signatureVersion", "tracingConfig"].includes(property);
      if (isLeftToAws || !changed(olds, news, property)) continue;
      await client.send(
        new SetTopicAttributesCommand({ TopicArn: id, AttributeName, AttributeValue: attributeText(news, property) ?? "" }),
      );
    }
    await retag(context, olds, news, {
      tag: (tags) => client.send(new TagResourceCommand({ ResourceArn: id, Tags: tagList(tags) })),
      untag: (keys) => client.send(new UntagResourceCommand({ ResourceArn: id, TagKeys: keys })),
    });
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(clientOf(context, state).send(new DeleteTopicCommand({ TopicArn: id })), "NotFoundException", "NotFound");
  },
};
