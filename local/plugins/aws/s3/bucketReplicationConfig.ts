import { DeleteBucketReplicationCommand, GetBucketReplicationCommand, PutBucketReplicationCommand } from "@aws-sdk/client-s3";
import { records, requiredText } from "../../protocol/values";
import { writtenRule } from "./filter";
import { bucketPart } from "./part";
import { replicationRuleFields, ruleFromAws, ruleToAws } from "./replicationRule";

export const bucketReplicationConfig = bucketPart({
  type: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  inputs: { role: { required: true }, rules: { required: true, fields: replicationRuleFields } },
  absent: ["ReplicationConfigurationNotFoundError"],
  put: (client, bucket, inputs, abortSignal) =>
    client.send(
      new PutBucketReplicationCommand({
        Bucket: bucket,
        ReplicationConfiguration: { Role: requiredText(inputs, "role"), Rules: records(inputs, "rules").map(ruleToAws) },
      }),
      { abortSignal },
    ),
  async get(client, bucket, state) {
    const { ReplicationConfiguration: found } = await client.send(new GetBucketReplicationCommand({ Bucket: bucket }));
    const written = records(state, "rules");
    return { role: found?.Role, rules: (found?.Rules ?? []).map((rule, index) => ruleFromAws(rule, writtenRule(written, rule.ID, index))) };
  },
  remove: (client, bucket) => client.send(new DeleteBucketReplicationCommand({ Bucket: bucket })),
});
