import {
  Event,
  FilterRuleName,
  GetBucketNotificationConfigurationCommand,
  type LambdaFunctionConfiguration,
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Properties } from "../../protocol/resource";
import { compact, flag, records, requiredText, text, texts } from "../../protocol/values";
import { inOrder } from "../answers";
import { choice } from "../choice";
import { writtenRule } from "./filter";
import { bucketPart } from "./part";

const filterRule = (Name: FilterRuleName, Value: string | undefined) => (Value === undefined ? [] : [{ Name, Value }]);

function toAws(target: Properties): LambdaFunctionConfiguration {
  const FilterRules = [
    ...filterRule(FilterRuleName.prefix, text(target, "filterPrefix")),
    ...filterRule(FilterRuleName.suffix, text(target, "filterSuffix")),
  ];
  return {
    Id: text(target, "id"),
    LambdaFunctionArn: requiredText(target, "lambdaFunctionArn"),
    Events: (texts(target, "events") ?? []).flatMap((event) => choice({ event }, "event", Event) ?? []),
    Filter: FilterRules.length === 0 ? undefined : { Key: { FilterRules } },
  };
}

function fromAws(target: LambdaFunctionConfiguration, written: Properties | undefined): Properties {
  // S3 spells the names of filters as it likes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_FilterRule.html
  const filter = (name: string) => target.Filter?.Key?.FilterRules?.find((rule) => rule.Name?.toLowerCase() === name)?.Value || undefined;
  return compact({
    id: target.Id,
    lambdaFunctionArn: target.LambdaFunctionArn,
    events: inOrder(written ?? {}, "events", target.Events),
    filterPrefix: filter("prefix"),
    filterSuffix: filter("suffix"),
  });
}

const put = (client: S3Client, bucket: string, configuration: NotificationConfiguration, abortSignal?: AbortSignal) =>
  client.send(new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration: configuration }), { abortSignal });

/** S3 holds one configuration a bucket and overwrites it whole. */
export const bucketNotification = bucketPart({
  type: "aws:s3/bucketNotification:BucketNotification",
  inputs: {
    eventbridge: { default: false },
    lambdaFunctions: {
      fields: {
        id: { chosenByService: true },
        lambdaFunctionArn: { required: true },
        events: { required: true, compareAs: "set" },
        filterPrefix: {},
        filterSuffix: {},
      },
    },
  },
  absent: [],
  put: (client, bucket, inputs, signal) => {
    const targets = records(inputs, "lambdaFunctions").map(toAws);
    const configuration = {
      LambdaFunctionConfigurations: targets.length === 0 ? undefined : targets,
      EventBridgeConfiguration: flag(inputs, "eventbridge") ? {} : undefined,
    };
    return put(client, bucket, configuration, signal);
  },
  async get(client, bucket, state) {
    const found = await client.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }));
    const targets = found.LambdaFunctionConfigurations ?? [];
    const eventbridge = found.EventBridgeConfiguration !== undefined;
    if (targets.length === 0 && !eventbridge) return undefined;
    const written = records(state, "lambdaFunctions");
    const lambdaFunctions = targets.map((target, index) => fromAws(target, writtenRule(written, target.Id, index)));
    return { eventbridge, lambdaFunctions: lambdaFunctions.length === 0 ? undefined : lambdaFunctions };
  },
  remove: (client, bucket) => put(client, bucket, {}),
});
