import {
  GetObjectLockConfigurationCommand,
  ObjectLockEnabled,
  ObjectLockRetentionMode,
  type ObjectLockRule,
  PutObjectLockConfigurationCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { Properties } from "../../protocol/resource";
import { compact, number, record, requiredRecord } from "../../protocol/values";
import { choice } from "../choice";
import { bucketPart } from "./part";

function ruleOf(inputs: Properties): ObjectLockRule | undefined {
  const rule = record(inputs, "rule");
  if (rule === undefined) return undefined;
  const retention = requiredRecord(rule, "defaultRetention");
  const Mode = choice(retention, "mode", ObjectLockRetentionMode);
  return { DefaultRetention: { Mode, Days: number(retention, "days"), Years: number(retention, "years") } };
}

const put = (client: S3Client, bucket: string, Rule: ObjectLockRule | undefined, abortSignal?: AbortSignal) =>
  client.send(
    new PutObjectLockConfigurationCommand({
      Bucket: bucket,
      ObjectLockConfiguration: { ObjectLockEnabled: ObjectLockEnabled.Enabled, Rule },
    }),
    { abortSignal },
  );

export const bucketObjectLockConfiguration = bucketPart({
  type: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  inputs: {
    objectLockEnabled: { replaces: true, default: ObjectLockEnabled.Enabled },
    rule: { fields: { defaultRetention: { required: true, fields: { mode: {}, days: {}, years: {} } } } },
  },
  absent: ["ObjectLockConfigurationNotFoundError", "ObjectLockConfigurationNotFound"],
  put: (client, bucket, inputs, signal) => put(client, bucket, ruleOf(inputs), signal),
  async get(client, bucket) {
    const { ObjectLockConfiguration: found } = await client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket }));
    const retention = found?.Rule?.DefaultRetention;
    return {
      objectLockEnabled: found?.ObjectLockEnabled,
      rule: retention && { defaultRetention: compact({ mode: retention.Mode, days: retention.Days, years: retention.Years }) },
    };
  },
  /** Object Lock itself stays on for the bucket's life; its default retention goes. */
  remove: (client, bucket) => put(client, bucket, undefined),
});
