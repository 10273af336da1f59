import { BucketVersioningStatus, GetBucketVersioningCommand, PutBucketVersioningCommand, type S3Client } from "@aws-sdk/client-s3";
import { requiredRecord, text } from "../../protocol/values";
import { choice } from "../choice";
import { bucketPart } from "./part";

const put = (client: S3Client, bucket: string, Status: BucketVersioningStatus | undefined, abortSignal?: AbortSignal) =>
  client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status } }), { abortSignal });

export const bucketVersioning = bucketPart({
  type: "aws:s3/bucketVersioning:BucketVersioning",
  inputs: { versioningConfiguration: { required: true, fields: { status: { required: true } } } },
  absent: [],
  put: (client, bucket, inputs, signal) =>
    put(client, bucket, choice(requiredRecord(inputs, "versioningConfiguration"), "status", BucketVersioningStatus), signal),
  async get(client, bucket) {
    const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    return Status === undefined ? undefined : { versioningConfiguration: { status: Status } };
  },
  /** Versioning cannot be undone, only suspended: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html */
  async remove(client, bucket, state) {
    const before = text(requiredRecord(state, "versioningConfiguration"), "status");
    if (before !== BucketVersioningStatus.Enabled) return;
    try {
      await put(client, bucket, BucketVersioningStatus.Suspended);
    } catch (thrown) {
      // With Object Lock it cannot even be suspended; the bucket's own deletion ends it.
      if (!(thrown instanceof Error) || thrown.name !== "InvalidBucketState") throw thrown;
    }
  },
});
