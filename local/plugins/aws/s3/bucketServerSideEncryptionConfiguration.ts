import {
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  PutBucketEncryptionCommand,
  ServerSideEncryption,
  type ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import type { Properties } from "../../protocol/resource";
import { compact, flag, record, records, text } from "../../protocol/values";
import { choice } from "../choice";
import { bucketPart } from "./part";

function toAws(rule: Properties): ServerSideEncryptionRule {
  const byDefault = record(rule, "applyServerSideEncryptionByDefault");
  return {
    BucketKeyEnabled: flag(rule, "bucketKeyEnabled"),
    ApplyServerSideEncryptionByDefault: byDefault && {
      SSEAlgorithm: choice(byDefault, "sseAlgorithm", ServerSideEncryption),
      KMSMasterKeyID: text(byDefault, "kmsMasterKeyId"),
    },
  };
}

function fromAws(rule: ServerSideEncryptionRule): Properties {
  const byDefault = rule.ApplyServerSideEncryptionByDefault;
  return compact({
    bucketKeyEnabled: rule.BucketKeyEnabled ?? false,
    applyServerSideEncryptionByDefault:
      byDefault && compact({ sseAlgorithm: byDefault.SSEAlgorithm, kmsMasterKeyId: byDefault.KMSMasterKeyID || undefined }),
  });
}

export const bucketServerSideEncryptionConfiguration = bucketPart({
  type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  inputs: {
    rules: {
      required: true,
      fields: {
        applyServerSideEncryptionByDefault: { fields: { sseAlgorithm: { required: true }, kmsMasterKeyId: {} } },
        bucketKeyEnabled: { default: false },
      },
    },
  },
  absent: ["ServerSideEncryptionConfigurationNotFoundError"],
  put: (client, bucket, inputs, abortSignal) =>
    client.send(
      new PutBucketEncryptionCommand({
        Bucket: bucket,
        ServerSideEncryptionConfiguration: { Rules: records(inputs, "rules").map(toAws) },
      }),
      { abortSignal },
    ),
  async get(client, bucket) {
    const found = await client.send(new GetBucketEncryptionCommand({ Bucket: bucket }));
    return { rules: (found.ServerSideEncryptionConfiguration?.Rules ?? []).map(fromAws) };
  },
  remove: (client, bucket) => client.send(new DeleteBucketEncryptionCommand({ Bucket: bucket })),
});
