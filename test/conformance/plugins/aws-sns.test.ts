import { SetSubscriptionAttributesCommand, SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { snsResources } from "../../../local/plugins/aws/sns/index";
import { sqsResources } from "../../../local/plugins/aws/sqs/index";
import { region, useAws } from "./aws";
import { describeResources, type Given, type ResourceCase } from "./suite";

const aws = useAws([...snsResources, ...sqsResources]);
const sns = () => aws.outside().client(SNSClient);

const policy = (sid: string, arn: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: sid, Effect: "Allow", Principal: { Service: "cloudwatch.amazonaws.com" }, Action: "sns:Publish", Resource: arn }],
  });

const topicOf = (given: Given) => given.topic?.id ?? "";
const queueArn = (given: Given) => String(given.queue?.outputs.arn ?? "");

const rows: ResourceCase[] = [
  {
    type: "aws:sns/topic:Topic",
    inputs: (_, unique) => ({ name: unique, displayName: "Pages", tags: { owner: "test" } }),
    outputs: (_, unique) => ({ arn: `arn:aws:sns:${region}:000000000000:${unique}`, owner: "000000000000", tagsAll: { owner: "test" } }),
    update: (_, unique) => ({ name: unique, tags: { tier: "critical" }, kmsMasterKeyId: "alias/aws/sns" }),
    replace: { because: "fifoTopic", inputs: (_, unique) => ({ name: `${unique}.fifo`, fifoTopic: true, displayName: "Pages" }) },
    drift: async ({ id }) => {
      await sns().send(new SetTopicAttributesCommand({ TopicArn: id, AttributeName: "DisplayName", AttributeValue: "Hijacked" }));
    },
  },
  {
    type: "aws:sns/topicPolicy:TopicPolicy",
    prepare: async (engine, unique) => ({ topic: await engine.create("aws:sns/topic:Topic", "topic", { name: unique }) }),
    inputs: (given) => ({ arn: topicOf(given), policy: policy("first", topicOf(given)) }),
    outputs: () => ({ owner: "000000000000" }),
    update: (given) => ({ arn: topicOf(given), policy: policy("second", topicOf(given)) }),
    replace: { because: "arn", inputs: (given) => ({ arn: `${topicOf(given)}-2`, policy: policy("first", topicOf(given)) }) },
    drift: async ({ id }) => {
      await sns().send(new SetTopicAttributesCommand({ TopicArn: id, AttributeName: "Policy", AttributeValue: policy("attacker", id) }));
    },
    staysReadable: "a topic is never without a policy: deletion puts AWS's own back",
  },
  {
    type: "aws:sns/topicSubscription:TopicSubscription",
    prepare: async (engine, unique) => ({
      topic: await engine.create("aws:sns/topic:Topic", "topic", { name: unique }),
      queue: await engine.create("aws:sqs/queue:Queue", "queue", { name: unique }),
    }),
    inputs: (given) => ({ topic: topicOf(given), protocol: "sqs", endpoint: queueArn(given), rawMessageDelivery: true }),
    outputs: () => ({ pendingConfirmation: false, ownerId: "000000000000" }),
    update: (given) => ({
      topic: topicOf(given),
      protocol: "sqs",
      endpoint: queueArn(given),
      filterPolicy: JSON.stringify({ severity: ["page"] }),
    }),
    replace: { because: "endpoint", inputs: (given) => ({ topic: topicOf(given), protocol: "sqs", endpoint: `${queueArn(given)}-2` }) },
    drift: async ({ id }) => {
      const request = { SubscriptionArn: id, AttributeName: "RawMessageDelivery", AttributeValue: "false" };
      await sns().send(new SetSubscriptionAttributesCommand(request));
    },
    notRead: ["confirmationTimeoutInMinutes", "endpointAutoConfirms"],
  },
];

describeResources(aws.plugin, snsResources, rows);

test("a topic's policy set by a TopicPolicy is no drift of the topic, and goes with it", async () => {
  const engine = aws.plugin();
  const topic = await engine.create("aws:sns/topic:Topic", "topic", { name: "two-policies" });
  const beside = await engine.create("aws:sns/topicPolicy:TopicPolicy", "policy", { arn: topic.id, policy: policy("beside", topic.id) });

  const refreshed = await engine.read(topic);
  const asked = await engine.check("aws:sns/topic:Topic", "topic", { name: "two-policies" }, refreshed?.inputs);

  expect(await engine.diff(refreshed ?? topic, asked)).toMatchObject({ changed: false });
  await engine.delete(beside);
  expect(String((await engine.read(topic))?.outputs.policy)).toContain("__default_statement_ID");
  await engine.delete(topic);
});
