import {
  GetSubscriptionAttributesCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { LifeboatError } from "../../../../recovery/errors";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, requiredText } from "../../protocol/values";
import { asWritten, changed, finishCreation, outputsOf, unlessEmpty } from "../answers";
import { kept, regionFromProvider, regionInput, regionOf, unlessGone } from "../common";
import type { AwsContext } from "../context";

const clientOf = (context: AwsContext, properties: Properties) => context.client(SNSClient, regionOf(context, properties));
const gone = ["NotFoundException", "NotFound"];

/** Inputs that are attributes of the subscription, by AWS's name. */
const attributes: { readonly [property: string]: string } = {
  rawMessageDelivery: "RawMessageDelivery",
  filterPolicyScope: "FilterPolicyScope",
  filterPolicy: "FilterPolicy",
  redrivePolicy: "RedrivePolicy",
  deliveryPolicy: "DeliveryPolicy",
  subscriptionRoleArn: "SubscriptionRoleArn",
};

function attributesAtCreation(inputs: Properties): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [property, attribute] of Object.entries(attributes)) {
    const value = inputs[property];
    if (value !== undefined && value !== null && value !== false) result[attribute] = String(value);
  }
  return result;
}

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const answer = await unlessGone(clientOf(context, state).send(new GetSubscriptionAttributesCommand({ SubscriptionArn: id })), ...gone);
  const found = answer?.Attributes;
  if (found === undefined) return undefined;
  const inputs = compact({
    ...kept(state, "confirmationTimeoutInMinutes", "endpointAutoConfirms"),
    region: regionOf(context, state),
    topic: found.TopicArn,
    protocol: found.Protocol,
    endpoint: found.Endpoint,
    rawMessageDelivery: found.RawMessageDelivery === "true",
    filterPolicy: asWritten(state, "filterPolicy", found.FilterPolicy || undefined),
    filterPolicyScope: unlessEmpty(state, "filterPolicyScope", found.FilterPolicyScope),
    redrivePolicy: asWritten(state, "redrivePolicy", found.RedrivePolicy || undefined),
    deliveryPolicy: asWritten(state, "deliveryPolicy", found.DeliveryPolicy || undefined),
    subscriptionRoleArn: unlessEmpty(state, "subscriptionRoleArn", found.SubscriptionRoleArn),
  });
  const outputs = compact({
    filterPolicyScope: "",
    ...inputs,
    arn: id,
    ownerId: found.Owner,
    pendingConfirmation: found.PendingConfirmation === "true",
    confirmationWasAuthenticated: found.ConfirmationWasAuthenticated === "true",
  });
  return { inputs, outputs };
};

export const topicSubscription: ResourceHandler<AwsContext> = {
  type: "aws:sns/topicSubscription:TopicSubscription",
  inputs: {
    ...regionInput,
    topic: { required: true, replaces: true },
    protocol: { required: true, replaces: true },
    endpoint: { required: true, replaces: true },
    rawMessageDelivery: { default: false },
    filterPolicy: { compareAs: "json" },
    filterPolicyScope: { chosenByService: true },
    redrivePolicy: { compareAs: "json" },
    deliveryPolicy: { compareAs: "json" },
    subscriptionRoleArn: {},
    confirmationTimeoutInMinutes: { default: 1 },
    endpointAutoConfirms: { default: false },
  },
  computed: ["arn", "ownerId", "pendingConfirmation", "confirmationWasAuthenticated"],
  configured: regionFromProvider,

  async create(context, inputs) {
    const protocol = requiredText(inputs, "protocol");
    const endpoint = requiredText(inputs, "endpoint");
    const answer = await clientOf(context, inputs).send(
      new SubscribeCommand({
        TopicArn: requiredText(inputs, "topic"),
        Protocol: protocol,
        Endpoint: endpoint,
        Attributes: attributesAtCreation(inputs),
        ReturnSubscriptionArn: true,
      }),
    );
    const arn = answer.SubscriptionArn;
    if (arn?.startsWith("arn:") !== true) {
      throw new LifeboatError({
        code: "unsupported",
        what: `SNS gave no ARN for the subscription of ${endpoint}`,
        received: arn,
        hint: `The embedded SNS names a subscription of protocol ${protocol} only after it is confirmed; subscribe a queue, a function or e-mail here`,
      });
    }
    return finishCreation(read, context, arn, inputs);
  },

  read,

  async update(context, id, olds, news) {
    const client = clientOf(context, news);
    for (const [property, AttributeName] of Object.entries(attributes)) {
      if (!changed(olds, news, property) || (property === "filterPolicyScope" && news[property] === undefined)) continue;
      const value = news[property] ?? "";
      await client.send(new SetSubscriptionAttributesCommand({ SubscriptionArn: id, AttributeName, AttributeValue: String(value) }));
    }
    return outputsOf(read, context, id, news);
  },

  async delete(context, id, state) {
    await unlessGone(clientOf(context, state).send(new UnsubscribeCommand({ SubscriptionArn: id })), ...gone);
  },
};
