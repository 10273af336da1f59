import { S3Client } from "@aws-sdk/client-s3";
import type { InputRule, Properties } from "../../protocol/resource";
import { text } from "../../protocol/values";
import { regionInput, regionOf } from "../common";
import type { AwsContext } from "../context";

export const s3 = (context: AwsContext, properties: Properties): S3Client => context.client(S3Client, regionOf(context, properties));

/** Inputs of every part of a bucket that is a resource of its own: its id is the bucket. */
export const bucketInputs = { ...regionInput, bucket: { required: true, replaces: true } } satisfies { [name: string]: InputRule };

/** The bucket of a part: its state's, or its id's in an import. */
export const bucketOf = (id: string, state: Properties): string => text(state, "bucket") ?? id;

/** S3's own names for what is not there; each call of a part's configuration has one. */
export const gone = ["NoSuchBucket", "NotFound"] as const;
