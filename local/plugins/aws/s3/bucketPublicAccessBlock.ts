import { DeletePublicAccessBlockCommand, GetPublicAccessBlockCommand, PutPublicAccessBlockCommand } from "@aws-sdk/client-s3";
import { flag } from "../../protocol/values";
import { bucketPart } from "./part";

const off = { default: false };

export const bucketPublicAccessBlock = bucketPart({
  type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  inputs: { blockPublicAcls: off, blockPublicPolicy: off, ignorePublicAcls: off, restrictPublicBuckets: off },
  absent: ["NoSuchPublicAccessBlockConfiguration"],
  put: (client, bucket, inputs, abortSignal) =>
    client.send(
      new PutPublicAccessBlockCommand({
        Bucket: bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: flag(inputs, "blockPublicAcls"),
          BlockPublicPolicy: flag(inputs, "blockPublicPolicy"),
          IgnorePublicAcls: flag(inputs, "ignorePublicAcls"),
          RestrictPublicBuckets: flag(inputs, "restrictPublicBuckets"),
        },
      }),
      { abortSignal },
    ),
  async get(client, bucket) {
    const { PublicAccessBlockConfiguration: found } = await client.send(new GetPublicAccessBlockCommand({ Bucket: bucket }));
    return {
      blockPublicAcls: found?.BlockPublicAcls ?? false,
      blockPublicPolicy: found?.BlockPublicPolicy ?? false,
      ignorePublicAcls: found?.IgnorePublicAcls ?? false,
      restrictPublicBuckets: found?.RestrictPublicBuckets ?? false,
    };
  },
  remove: (client, bucket) => client.send(new DeletePublicAccessBlockCommand({ Bucket: bucket })),
});
