import {
  DeleteBucketLifecycleCommand,
  ExpirationStatus,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  TransitionStorageClass,
} from "@aws-sdk/client-s3";
import type { Properties } from "../../protocol/resource";
import { compact, flag, number, record, records, requiredText } from "../../protocol/values";
import { choice } from "../choice";
import { filterRead, prefixOf, writtenRule } from "./filter";
import { bucketPart } from "./part";

const listUnlessEmpty = <T>(list: readonly T[]): T[] | undefined => (list.length === 0 ? undefined : [...list]);

function toAws(rule: Properties): LifecycleRule {
  const expiration = record(rule, "expiration");
  const noncurrent = record(rule, "noncurrentVersionExpiration");
  const abort = record(rule, "abortIncompleteMultipartUpload");
  return {
    ID: requiredText(rule, "id"),
    Status: choice(rule, "status", ExpirationStatus),
    // Without a filter S3 demands the outdated Prefix; an empty one means every object.
    Filter: { Prefix: prefixOf(rule) },
    Expiration: expiration && {
      Days: number(expiration, "days"),
      ExpiredObjectDeleteMarker: flag(expiration, "expiredObjectDeleteMarker") || undefined,
    },
    Transitions: listUnlessEmpty(
      records(rule, "transitions").map((transition) => ({
        Days: number(transition, "days"),
        StorageClass: choice(transition, "storageClass", TransitionStorageClass),
      })),
    ),
    NoncurrentVersionExpiration: noncurrent && {
      NoncurrentDays: number(noncurrent, "noncurrentDays"),
      NewerNoncurrentVersions: number(noncurrent, "newerNoncurrentVersions"),
    },
    NoncurrentVersionTransitions: listUnlessEmpty(
      records(rule, "noncurrentVersionTransitions").map((transition) => ({
        NoncurrentDays: number(transition, "noncurrentDays"),
        NewerNoncurrentVersions: number(transition, "newerNoncurrentVersions"),
        StorageClass: choice(transition, "storageClass", TransitionStorageClass),
      })),
    ),
    AbortIncompleteMultipartUpload: abort && { DaysAfterInitiation: number(abort, "daysAfterInitiation") },
  };
}

/** `written`: the rule of the same id in the state, for what S3 gives back in another form. */
function fromAws(rule: LifecycleRule, written: Properties | undefined): Properties {
  const { Expiration: expiration, NoncurrentVersionExpiration: noncurrent, AbortIncompleteMultipartUpload: abort } = rule;
  return compact({
    id: rule.ID,
    status: rule.Status,
    filter: filterRead(rule.Filter?.Prefix ?? rule.Prefix ?? "", written),
    expiration:
      expiration && compact({ days: expiration.Days, expiredObjectDeleteMarker: expiration.ExpiredObjectDeleteMarker || undefined }),
    transitions: listUnlessEmpty(
      (rule.Transitions ?? []).map(({ Days, StorageClass }) => compact({ days: Days, storageClass: StorageClass })),
    ),
    noncurrentVersionExpiration:
      noncurrent && compact({ noncurrentDays: noncurrent.NoncurrentDays, newerNoncurrentVersions: noncurrent.NewerNoncurrentVersions }),
    noncurrentVersionTransitions: listUnlessEmpty(
      (rule.NoncurrentVersionTransitions ?? []).map(({ NoncurrentDays, NewerNoncurrentVersions, StorageClass }) =>
        compact({ noncurrentDays: NoncurrentDays, newerNoncurrentVersions: NewerNoncurrentVersions, storageClass: StorageClass }),
      ),
    ),
    abortIncompleteMultipartUpload: abort && compact({ daysAfterInitiation: abort.DaysAfterInitiation }),
  });
}

export const bucketLifecycleConfiguration = bucketPart({
  type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  inputs: {
    rules: {
      required: true,
      fields: {
        id: { required: true },
        status: { required: true },
        filter: { fields: { prefix: {} } },
        expiration: { fields: { days: {}, expiredObjectDeleteMarker: {} } },
        transitions: { fields: { days: {}, storageClass: { required: true } } },
        noncurrentVersionExpiration: { fields: { noncurrentDays: { required: true }, newerNoncurrentVersions: {} } },
        noncurrentVersionTransitions: {
          fields: { noncurrentDays: { required: true }, newerNoncurrentVersions: {}, storageClass: { required: true } },
        },
        abortIncompleteMultipartUpload: { fields: { daysAfterInitiation: {} } },
      },
    },
  },
  absent: ["NoSuchLifecycleConfiguration"],
  put: (client, bucket, inputs, abortSignal) =>
    client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: bucket,
        LifecycleConfiguration: { Rules: records(inputs, "rules").map(toAws) },
      }),
      { abortSignal },
    ),
  async get(client, bucket, state) {
    const { Rules = [] } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
    const written = records(state, "rules");
    return { rules: Rules.map((rule, index) => fromAws(rule, writtenRule(written, rule.ID, index))) };
  },
  remove: (client, bucket) => client.send(new DeleteBucketLifecycleCommand({ Bucket: bucket })),
});
