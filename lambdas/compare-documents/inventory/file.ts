import { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { LifeboatError } from "../../../recovery/errors";
import type { OpenFile } from "./rows";

/** A file of a bucket as a stream: an inventory's may have gigabytes. */
export const s3File =
  (client: S3Client, bucket: string): OpenFile =>
  async (key) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body instanceof Readable) return Body;
    throw new LifeboatError({
      code: "store-unavailable",
      what: `s3://${bucket}/${key} came without a body`,
      hint: "Run the function again; its work so far is kept",
    });
  };
