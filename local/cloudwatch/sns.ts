import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Publish } from "./alarms/notification";

export interface SnsPublisherOptions {
  /** MiniStack's own: an alarm notifies as a service, not through anybody's credentials. */
  readonly ministackUrl: string;
  readonly rootCredentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Publishes alarm messages to real topics. The topic's policy is not consulted: AWS asks it to allow cloudwatch.amazonaws.com. */
export const createSnsPublisher = ({ ministackUrl, rootCredentials }: SnsPublisherOptions): Publish => {
  const clients = new Map<string, SNSClient>();
  return async ({ region, topicArn, subject, message }) => {
    const client = clients.get(region) ?? new SNSClient({ endpoint: ministackUrl, region, credentials: rootCredentials });
    clients.set(region, client);
    await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: message }));
  };
};
