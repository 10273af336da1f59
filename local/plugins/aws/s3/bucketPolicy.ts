import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { document, documentFailures, documentRead } from "../documents";
import { bucketPart } from "./part";

export const bucketPolicy = bucketPart({
  type: "aws:s3/bucketPolicy:BucketPolicy",
  inputs: { policy: { required: true, compareAs: "json" } },
  check: (inputs) => documentFailures(inputs, "policy"),
  absent: ["NoSuchBucketPolicy"],
  put: (client, bucket, inputs, abortSignal) =>
    client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: document(inputs, "policy") }), { abortSignal }),
  async get(client, bucket, state) {
    const { Policy } = await client.send(new GetBucketPolicyCommand({ Bucket: bucket }));
    return { policy: documentRead(state, "policy", Policy) };
  },
  remove: (client, bucket) => client.send(new DeleteBucketPolicyCommand({ Bucket: bucket })),
});
