import type { S3Client } from "@aws-sdk/client-s3";
import type { Properties, ResourceHandler } from "../../protocol/resource";
import { compact } from "../../protocol/values";
import { finishCreation, outputsOf } from "../answers";
import { isNamed, regionFromProvider, regionOf } from "../common";
import type { AwsContext } from "../context";
import { bucketInputs, bucketOf, gone, s3 } from "./client";

/** One part of a bucket's configuration that is a resource of its own (`BucketVersioning`): S3 puts, gets and deletes it as a whole. */
export interface BucketPart {
  readonly type: string;
  readonly inputs: ResourceHandler<AwsContext>["inputs"];
  readonly check?: ResourceHandler<AwsContext>["check"];
  /** S3's error codes for a bucket without this part. */
  readonly absent: readonly string[];
  put(client: S3Client, bucket: string, inputs: Properties, signal?: AbortSignal): Promise<unknown>;
  /** The part's inputs as they are; undefined when there is none. */
  get(
    client: S3Client,
    bucket: string,
    state: Properties,
  ): Promise<{ readonly [input: string]: Properties[string] | undefined } | undefined>;
  remove(client: S3Client, bucket: string, state: Properties): Promise<unknown>;
}

export function bucketPart(part: BucketPart): ResourceHandler<AwsContext> {
  const read: ResourceHandler<AwsContext>["read"] = async (context, id, state) => {
    const bucket = bucketOf(id, state);
    try {
      const found = await part.get(s3(context, state), bucket, state);
      if (found === undefined) return undefined;
      const inputs = compact({ region: regionOf(context, state), bucket, ...found });
      return { inputs, outputs: inputs };
    } catch (thrown) {
      if (isNamed(thrown, ...part.absent, ...gone)) return undefined;
      throw thrown;
    }
  };
  return {
    type: part.type,
    inputs: { ...bucketInputs, ...part.inputs },
    computed: [],
    configured: regionFromProvider,
    check: part.check,
    async create(context, inputs, signal) {
      const bucket = bucketOf("", inputs);
      await part.put(s3(context, inputs), bucket, inputs, signal);
      return finishCreation(read, context, bucket, inputs);
    },
    read,
    async update(context, id, _olds, news, signal) {
      await part.put(s3(context, news), bucketOf(id, news), news, signal);
      return outputsOf(read, context, id, news);
    },
    async delete(context, id, state) {
      try {
        await part.remove(s3(context, state), bucketOf(id, state), state);
      } catch (thrown) {
        if (!isNamed(thrown, ...part.absent, ...gone)) throw thrown;
      }
    },
  };
}
