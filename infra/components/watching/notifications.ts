import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../../iam/policy";

export interface NotificationsArgs {
  readonly topicName: string;
  readonly accountId: string;
  readonly keyArn: pulumi.Input<string>;
  readonly subscriptions: readonly { readonly protocol: string; readonly endpoint: string }[];
}

/** Where people are paged from: a topic of the recovery region, so that it is there when the primary is not. */
export class Notifications extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: NotificationsArgs, options: pulumi.ComponentResourceOptions) {
    super("lifeboat:watching:Notifications", name, {}, options);
    const child = { parent: this };
    const topic = new aws.sns.Topic(name, { name: args.topicName, kmsMasterKeyId: args.keyArn }, child);
    new aws.sns.TopicPolicy(name, { arn: topic.arn, policy: topic.arn.apply((arn) => alarmsMayPublish(arn, args.accountId)) }, child);
    for (const [index, { protocol, endpoint }] of args.subscriptions.entries())
      new aws.sns.TopicSubscription(`${name}-${index}`, { topic: topic.arn, protocol, endpoint }, child);
    this.topicArn = topic.arn;
    this.registerOutputs({ topicArn: this.topicArn });
  }
}

const alarmsMayPublish = (topicArn: string, accountId: string): string =>
  policyDocument([
    {
      sid: "AlarmsPublish",
      actions: ["sns:Publish"],
      resources: [topicArn],
      principal: { Service: "cloudwatch.amazonaws.com" },
      condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
  ]);
