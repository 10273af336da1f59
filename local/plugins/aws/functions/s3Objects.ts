import { type EncodingType, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import type { FunctionHandler, Properties } from "../../protocol/resource";
import { compact, flag, number, requiredText, text } from "../../protocol/values";
import { isNamed, regionInput, regionOf } from "../common";
import type { AwsContext } from "../context";
import { notFound } from "./notFound";

/** The official plugin's default; AWS gives 1,000 at most in one answer, so more take several. */
const defaultMaxKeys = 1_000;

interface Listing {
  readonly keys: string[];
  readonly commonPrefixes: string[];
  readonly owners: string[];
}

async function list(client: S3Client, args: Properties, maxKeys: number): Promise<Listing> {
  const listing: Listing = { keys: [], commonPrefixes: [], owners: [] };
  const EncodingType: EncodingType | undefined = text(args, "encodingType") === "url" ? "url" : undefined;
  const pages = paginateListObjectsV2(
    { client, pageSize: Math.min(maxKeys, 1_000) },
    {
      Bucket: requiredText(args, "bucket"),
      Prefix: text(args, "prefix"),
      Delimiter: text(args, "delimiter"),
      StartAfter: text(args, "startAfter"),
      EncodingType,
      FetchOwner: flag(args, "fetchOwner"),
    },
  );
  for await (const page of pages) {
    for (const { Key, Owner } of page.Contents ?? []) {
      if (listing.keys.length === maxKeys) return listing;
      listing.keys.push(Key ?? "");
      if (Owner?.ID !== undefined) listing.owners.push(Owner.ID);
    }
    for (const { Prefix } of page.CommonPrefixes ?? []) if (Prefix !== undefined) listing.commonPrefixes.push(Prefix);
    if (listing.keys.length >= maxKeys) return listing;
  }
  return listing;
}

/** The two tokens differ by their names and one output only. */
const listing = (token: string): FunctionHandler<AwsContext> => ({
  token,
  inputs: {
    ...regionInput,
    bucket: { required: true },
    prefix: {},
    delimiter: {},
    startAfter: {},
    encodingType: {},
    fetchOwner: {},
    maxKeys: { default: defaultMaxKeys },
  },
  async call(context, args) {
    const region = regionOf(context, args);
    const bucket = requiredText(args, "bucket");
    try {
      const found = await list(context.client(S3Client, region), args, number(args, "maxKeys") ?? defaultMaxKeys);
      return compact({ ...args, id: bucket, region, ...found, requestCharged: "" });
    } catch (thrown) {
      if (isNamed(thrown, "NoSuchBucket", "NotFound"))
        throw notFound("S3 bucket", { bucket, region }, "Check the bucket's name and its region");
      throw thrown;
    }
  },
});

export const getObjects = listing("aws:s3/getObjects:getObjects");
export const getBucketObjects = listing("aws:s3/getBucketObjects:getBucketObjects");
