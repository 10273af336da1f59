import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText, text } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { allTags, regionFromProvider, regionInput, regionOf, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { retag } from "../retag";
import { attributeChanges, attributesOf, attributesRead, attributesUnsaid, queueAttributes } from "./attributes";

const clientOf = (context: AwsContext, properties: Properties) => context.client(SQSClient, regionOf(context, properties));

/** AWS's two names for a queue that is not there, in its JSON and its older protocol. */
export const gone = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = clientOf(context, state);
  const answer = await unlessGone(client.send(new GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ["All"] })), ...gone);
  const found = answer?.Attributes;
  if (found === undefined) return undefined;
  const tags = (await client.send(new ListQueueTagsCommand({ QueueUrl: id }))).Tags ?? {};
  const inputs = compact({
    region: regionOf(context, state),
    name: id.split("/").at(-1),
    ...attributesRead(found, state),
    ...tagsRead(context, tags, state),
  });
  return { inputs, outputs: compact({ ...attributesUnsaid, ...inputs, arn: found.QueueArn, url: id, tagsAll: tags }) };
};

export const queue: ResourceHandler<AwsContext> = {
  type: "aws:sqs/queue:Queue",
  inputs: {
    ...regionInput,
    ...tagsInput,
    name: { replaces: true },
    ...Object.fromEntries(Object.entries(queueAttributes).map(([property, { rule }]) => [property, rule])),
  },
  autoName: { property: "name", maxLength: 80 },
  computed: ["arn", "url", "tagsAll"],
  configured: regionFromProvider,

  check(inputs) {
    const name = text(inputs, "name");
    return inputs.fifoQueue === true && name !== undefined && !name.endsWith(".fifo")
      ? [{ property: "name", reason: `is ${name}; the name of a FIFO queue ends in .fifo` }]
      : [];
  },

  async create(context, inputs) {
    const created = await clientOf(context, inputs).send(
      new CreateQueueCommand({ QueueName: requiredText(inputs, "name"), Attributes: attributesOf(inputs), tags: allTags(context, inputs) }),
    );
    return finishCreation(read, context, created.QueueUrl ?? "", inputs);
  },

  read,

  async update(context, id, olds, news) {
    const client = clientOf(context, news);
    const changes = attributeChanges(olds, news);
    if (Object.keys(changes).length > 0) await client.send(new SetQueueAttributesCommand({ QueueUrl: id, Attributes: changes }));
    await retag(context, olds, news, {
      tag: (Tags) => client.send(new TagQueueCommand({ QueueUrl: id, Tags })),
      untag: (TagKeys) => client.send(new UntagQueueCommand({ QueueUrl: id, TagKeys })),
    });
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(clientOf(context, state).send(new DeleteQueueCommand({ QueueUrl: id })), ...gone);
  },
};
