import {
  DeleteBucketOwnershipControlsCommand,
  GetBucketOwnershipControlsCommand,
  ObjectOwnership,
  PutBucketOwnershipControlsCommand,
} from "@aws-sdk/client-s3";
import { requiredRecord } from "../../protocol/values";
import { choice } from "../choice";
import { bucketPart } from "./part";

export const bucketOwnershipControls = bucketPart({
  type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  inputs: { rule: { required: true, fields: { objectOwnership: { required: true } } } },
  absent: ["OwnershipControlsNotFoundError"],
  put: (client, bucket, inputs, abortSignal) =>
    client.send(
      new PutBucketOwnershipControlsCommand({
        Bucket: bucket,
        OwnershipControls: { Rules: [{ ObjectOwnership: choice(requiredRecord(inputs, "rule"), "objectOwnership", ObjectOwnership) }] },
      }),
      { abortSignal },
    ),
  async get(client, bucket) {
    const { OwnershipControls: found } = await client.send(new GetBucketOwnershipControlsCommand({ Bucket: bucket }));
    const objectOwnership = found?.Rules?.[0]?.ObjectOwnership;
    return objectOwnership === undefined ? undefined : { rule: { objectOwnership } };
  },
  remove: (client, bucket) => client.send(new DeleteBucketOwnershipControlsCommand({ Bucket: bucket })),
});
