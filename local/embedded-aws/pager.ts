import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { z } from "zod";
import type { Root } from "./existing";

/** What CloudWatch sends when an alarm changes its state. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html */
export const AlarmMessage = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string().nullish(),
  NewStateValue: z.string(),
  OldStateValue: z.string(),
  NewStateReason: z.string(),
  StateChangeTime: z.string(),
  /** Its region stands here as a code; `Region` is a name for people, "EU (Ireland)". */
  AlarmArn: z.string(),
});
export type AlarmMessage = z.infer<typeof AlarmMessage>;

const Envelope = z.object({ Message: z.string() });

/** A subscriber like a company's paging service: a queue in the recovery region that the topic delivers to. */
export interface Pager {
  readonly queueArn: string;
  /** Waits up to a few seconds for the next messages; subscribed topics send alarms in an envelope. */
  receive(): Promise<readonly AlarmMessage[]>;
  close(): void;
}

const topicsMaySend = (queueArn: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "sns.amazonaws.com" }, Action: "sqs:SendMessage", Resource: queueArn }],
  });

export const createPager = async (root: Root, region: string, queueName: string): Promise<Pager> => {
  const sqs = new SQSClient({ ...root, region });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: queueName }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const queueArn = Attributes?.QueueArn ?? "";
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: topicsMaySend(queueArn) } }));
  return {
    queueArn,
    receive: async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
      await Promise.all(Messages.map(({ ReceiptHandle }) => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))));
      return Messages.map(({ Body }) => AlarmMessage.parse(JSON.parse(Envelope.parse(JSON.parse(Body ?? "")).Message)));
    },
    close: () => sqs.destroy(),
  };
};
