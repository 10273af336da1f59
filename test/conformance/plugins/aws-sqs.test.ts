import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { sqsResources } from "../../../local/plugins/aws/sqs/index";
import { region, useAws } from "./aws";
import { describeResources, type ResourceCase } from "./suite";

const aws = useAws(sqsResources);
const sqs = () => aws.outside().client(SQSClient);

const policy = (sid: string) => ({
  Version: "2012-10-17",
  Statement: [{ Sid: sid, Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage", Resource: "*" }],
});

const rows: ResourceCase[] = [
  {
    type: "aws:sqs/queue:Queue",
    inputs: (_, unique) => ({ name: unique, tags: { owner: "test" } }),
    outputs: (_, unique) => ({
      arn: `arn:aws:sqs:${region}:000000000000:${unique}`,
      region,
      visibilityTimeoutSeconds: 30,
      messageRetentionSeconds: 345_600,
      fifoQueue: false,
      tagsAll: { owner: "test" },
    }),
    update: (_, unique) => ({
      name: unique,
      tags: { owner: "other" },
      visibilityTimeoutSeconds: 120,
      policy: JSON.stringify(policy("update")),
    }),
    replace: { because: "name", inputs: (_, unique) => ({ name: `${unique}-2`, tags: { owner: "test" } }) },
    drift: async ({ id }) => {
      await sqs().send(new SetQueueAttributesCommand({ QueueUrl: id, Attributes: { VisibilityTimeout: "1" } }));
    },
  },
  {
    type: "aws:sqs/queue:Queue",
    about: "FIFO",
    inputs: (_, unique) => ({ name: `${unique}.fifo`, fifoQueue: true, contentBasedDeduplication: true }),
    outputs: () => ({ fifoQueue: true, contentBasedDeduplication: true }),
    drift: { none: "shown by the standard queue" },
  },
  {
    type: "aws:sqs/queuePolicy:QueuePolicy",
    prepare: async (engine, unique) => ({ queue: await engine.create("aws:sqs/queue:Queue", "queue", { name: unique }) }),
    inputs: ({ queue }) => ({ queueUrl: queue?.id ?? "", policy: JSON.stringify(policy("first"), null, 2) }),
    update: ({ queue }) => ({ queueUrl: queue?.id ?? "", policy: JSON.stringify(policy("second")) }),
    replace: { because: "queueUrl", inputs: ({ queue }) => ({ queueUrl: `${queue?.id}-2`, policy: JSON.stringify(policy("first")) }) },
    drift: async ({ id }) => {
      const Attributes = { Policy: JSON.stringify(policy("attacker")) };
      await sqs().send(new SetQueueAttributesCommand({ QueueUrl: id, Attributes }));
    },
  },
];

describeResources(aws.plugin, sqsResources, rows);

test("a FIFO queue whose name does not end in .fifo is refused", async () => {
  const inputs = { name: "orders", fifoQueue: true };

  await expect(aws.plugin().check("aws:sqs/queue:Queue", "queue", inputs)).rejects.toThrow(
    "name: is orders; the name of a FIFO queue ends in .fifo",
  );
});

test("a queue's own policy and a QueuePolicy beside it do not fight", async () => {
  const engine = aws.plugin();
  const queue = await engine.create("aws:sqs/queue:Queue", "queue", { name: "two-policies" });
  const beside = await engine.create("aws:sqs/queuePolicy:QueuePolicy", "policy", {
    queueUrl: queue.id,
    policy: JSON.stringify(policy("beside")),
  });

  const refreshed = await engine.read(queue);
  const asked = await engine.check("aws:sqs/queue:Queue", "queue", { name: "two-policies" }, refreshed?.inputs);

  expect(await engine.diff(refreshed ?? queue, asked)).toMatchObject({ changed: false });
  await engine.delete(beside);
  await engine.delete(queue);
});
