import { GetTopicAttributesCommand, SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText } from "../../protocol/values";
import { asWritten, finishCreation, outputsOf } from "../answers";
import { regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";

const gone = ["NotFoundException", "NotFound"];

const put = (context: AwsContext, inputs: Properties, TopicArn: string, policy: string) =>
  context
    .client(SNSClient, regionOf(context, inputs))
    .send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue: policy }));

/** What every topic starts with, and what it goes back to: a topic cannot be without a policy. */
const policyOfNewTopic = (arn: string, owner: string): string =>
  JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          ...["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic"],
          ...["SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"],
        ],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": owner } },
      },
    ],
  });

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = context.client(SNSClient, regionOf(context, state));
  const found = await unlessGone(client.send(new GetTopicAttributesCommand({ TopicArn: id })), ...gone);
  const policy = found?.Attributes?.Policy;
  if (policy === undefined) return undefined;
  const inputs = compact({ region: regionOf(context, state), arn: id, policy: asWritten(state, "policy", policy) });
  return { inputs, outputs: compact({ ...inputs, owner: found?.Attributes?.Owner }) };
};

export const topicPolicy: ResourceHandler<AwsContext> = {
  type: "aws:sns/topicPolicy:TopicPolicy",
  inputs: { ...regionInput, arn: { required: true, replaces: true }, policy: { required: true, compareAs: "json" } },
  computed: ["owner"],
  configured: regionFromProvider,
  async create(context, inputs) {
    const arn = requiredText(inputs, "arn");
    await put(context, inputs, arn, requiredText(inputs, "policy"));
    return finishCreation(read, context, arn, inputs);
  },
  read,
  async update(context, id, _olds, news) {
    await put(context, news, id, requiredText(news, "policy"));
    return outputsOf(read, context, id, news);
  },
  async delete(context, id, state) {
    const owner = id.split(":")[4] ?? "";
    await unlessGone(put(context, state, id, policyOfNewTopic(id, owner)), ...gone);
  },
};
