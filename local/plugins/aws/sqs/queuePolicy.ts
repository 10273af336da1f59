import { GetQueueAttributesCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText } from "../../protocol/values";
import { asWritten, finishCreation, outputsOf } from "../answers";
import { regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { gone } from "./queue";

const put = (context: AwsContext, properties: Properties, QueueUrl: string, Policy: string) =>
  context.client(SQSClient, regionOf(context, properties)).send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = context.client(SQSClient, regionOf(context, state));
  const found = await unlessGone(client.send(new GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ["Policy"] })), ...gone);
  const policy = found?.Attributes?.Policy;
  if (policy === undefined || policy === "") return undefined;
  const inputs = compact({ region: regionOf(context, state), queueUrl: id, policy: asWritten(state, "policy", policy) });
  return { inputs, outputs: inputs };
};

export const queuePolicy: ResourceHandler<AwsContext> = {
  type: "aws:sqs/queuePolicy:QueuePolicy",
  inputs: { ...regionInput, queueUrl: { required: true, replaces: true }, policy: { required: true, compareAs: "json" } },
  computed: [],
  configured: regionFromProvider,
  async create(context, inputs) {
    const url = requiredText(inputs, "queueUrl");
    await put(context, inputs, url, requiredText(inputs, "policy"));
    return finishCreation(read, context, url, inputs);
  },
  read,
  async update(context, id, _olds, news) {
    await put(context, news, id, requiredText(news, "policy"));
    return outputsOf(read, context, id, news);
  },
  async delete(context, id, state) {
    await unlessGone(put(context, state, id, ""), ...gone);
  },
};
