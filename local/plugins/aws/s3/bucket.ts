import {
  BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  GetBucketTaggingCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  PutBucketTaggingCommand,
} from "@aws-sdk/client-s3";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact, flag, requiredText } from "../../protocol/values";
import { changed, finishCreation, outputsOf } from "../answers";
import { choice } from "../choice";
import { allTags, regionFromProvider, regionInput, regionOf, tagList, tagMap, tagsInput, tagsRead, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { gone, s3 } from "./client";
import { emptyBucket } from "./emptyBucket";
import { hostedZones } from "./hostedZones";

const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
  const client = s3(context, state);
  const head = await unlessGone(client.send(new HeadBucketCommand({ Bucket: id })), ...gone);
  if (head === undefined) return undefined;
  const tagging = await unlessGone(client.send(new GetBucketTaggingCommand({ Bucket: id })), "NoSuchTagSet");
  const lock = await unlessGone(
    client.send(new GetObjectLockConfigurationCommand({ Bucket: id })),
    "ObjectLockConfigurationNotFoundError",
    "ObjectLockConfigurationNotFound",
  );
  const region = regionOf(context, state);
  const found = tagMap(tagging?.TagSet);
  const inputs = compact({
    region,
    bucket: id,
    objectLockEnabled: lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled",
    forceDestroy: flag(state, "forceDestroy") ?? false,
    ...tagsRead(context, found, state),
  });
  return {
    inputs,
    outputs: compact({
      ...inputs,
      arn: `arn:aws:s3:::${id}`,
      bucketRegion: head.BucketRegion ?? region,
      bucketDomainName: `${id}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${id}.s3.${region}.amazonaws.com`,
      hostedZoneId: hostedZones[region],
      tagsAll: found,
    }),
  };
};

async function putTags(context: AwsContext, bucket: string, inputs: Properties): Promise<void> {
  const tags = tagList(allTags(context, inputs));
  if (tags.length > 0) await s3(context, inputs).send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet: tags } }));
  else await s3(context, inputs).send(new DeleteBucketTaggingCommand({ Bucket: bucket }));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export const bucket: ResourceHandler<AwsContext> = {
  type: "aws:s3/bucket:Bucket",
  inputs: {
    ...regionInput,
    ...tagsInput,
    bucket: { replaces: true },
    forceDestroy: { default: false },
    objectLockEnabled: { replaces: true, default: false },
  },
  autoName: { property: "bucket", maxLength: 63, lowercase: true },
  computed: ["arn", "bucketRegion", "bucketDomainName", "bucketRegionalDomainName", "tagsAll"],
  configured: regionFromProvider,
  async create(context, inputs, signal) {
    const name = requiredText(inputs, "bucket");
    const region = regionOf(context, inputs);
    await s3(context, inputs).send(
      new CreateBucketCommand({
        Bucket: name,
        ObjectLockEnabledForBucket: flag(inputs, "objectLockEnabled"),
        // us-east-1 is the one place that must not be named.
        CreateBucketConfiguration:
          region === "us-east-1" ? undefined : { LocationConstraint: choice({ region }, "region", BucketLocationConstraint) },
      }),
      { abortSignal: signal },
    );
    return finishCreation(read, context, name, inputs, async () => {
      if (Object.keys(allTags(context, inputs)).length > 0) await putTags(context, name, inputs);
    });
  },
  read,
  async update(context, id, olds, news) {
    if (changed({ tags: olds.tags ?? {} }, { tags: news.tags ?? {} }, "tags")) await putTags(context, id, news);
    return outputsOf(read, context, id, news);
  },
  async delete(context, id, state) {
    const client = s3(context, state);
    if (flag(state, "forceDestroy")) await emptyBucket(client, id);
    await unlessGone(client.send(new DeleteBucketCommand({ Bucket: id })), "NoSuchBucket");
  },
};
