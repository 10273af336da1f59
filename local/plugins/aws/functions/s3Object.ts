import { GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, type HeadObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import type { FunctionHandler, Properties } from "../../protocol/resource";
import { compact, requiredText, text } from "../../protocol/values";
import { regionInput, regionOf, tagMap } from "../common";
import type { AwsContext } from "../context";
import { orNotFound } from "./notFound";

/** The official plugin reads the body of text only, by its content type. https://www.pulumi.com/registry/packages/aws/api-docs/s3/getobject/ */
const isText = (contentType: string | undefined): boolean =>
  /^text\//i.test(contentType ?? "") ||
  /^application\/(json|ld\+json|x-httpd-php|xhtml\+xml|xml|x-sql|atom\+xml|javascript|x-yaml)\b/i.test(contentType ?? "");

const wantsBody = (args: Properties, contentType: string | undefined): boolean => {
  const asked = text(args, "downloadBody");
  return asked === undefined ? isText(contentType) : asked.toLowerCase() === "true";
};

const describe = (found: HeadObjectCommandOutput) => ({
  bucketKeyEnabled: found.BucketKeyEnabled ?? false,
  cacheControl: found.CacheControl ?? "",
  checksumSha256: found.ChecksumSHA256 ?? "",
  contentDisposition: found.ContentDisposition ?? "",
  contentEncoding: found.ContentEncoding ?? "",
  contentLanguage: found.ContentLanguage ?? "",
  contentLength: found.ContentLength ?? 0,
  contentType: found.ContentType ?? "",
  etag: (found.ETag ?? "").replaceAll('"', ""),
  expiration: found.Expiration ?? "",
  expires: found.ExpiresString ?? "",
  lastModified: found.LastModified?.toUTCString() ?? "",
  metadata: found.Metadata ?? {},
  objectLockLegalHoldStatus: found.ObjectLockLegalHoldStatus ?? "",
  objectLockMode: found.ObjectLockMode ?? "",
  objectLockRetainUntilDate: found.ObjectLockRetainUntilDate?.toISOString() ?? "",
  serverSideEncryption: found.ServerSideEncryption ?? "",
  sseKmsKeyId: found.SSEKMSKeyId ?? "",
  storageClass: found.StorageClass ?? "STANDARD",
  versionId: found.VersionId ?? "",
  websiteRedirectLocation: found.WebsiteRedirectLocation ?? "",
});

export const getObject: FunctionHandler<AwsContext> = {
  token: "aws:s3/getObject:getObject",
  inputs: {
    ...regionInput,
    bucket: { required: true },
    key: { required: true },
    versionId: {},
    range: {},
    checksumMode: {},
    downloadBody: {},
  },
  async call(context, args) {
    const region = regionOf(context, args);
    const client = context.client(S3Client, region);
    const bucket = requiredText(args, "bucket");
    const key = requiredText(args, "key");
    const place = { Bucket: bucket, Key: key, VersionId: text(args, "versionId") };
    const ChecksumMode = text(args, "checksumMode") === "ENABLED" ? ("ENABLED" as const) : undefined;
    const head = await orNotFound(
      client.send(new HeadObjectCommand({ ...place, Range: text(args, "range"), ChecksumMode })),
      ["NotFound", "NoSuchKey", "NoSuchBucket", "NoSuchVersion"],
      "S3 object",
      compact({ bucket, key, versionId: place.VersionId, region }),
      "Check the bucket, the key and the region",
    );
    const isRead = wantsBody(args, head.ContentType);
    const body = isRead
      ? await (await client.send(new GetObjectCommand({ ...place, Range: text(args, "range") }))).Body?.transformToByteArray()
      : undefined;
    const bytes = Buffer.from(body ?? []);
    const tags = tagMap((await client.send(new GetObjectTaggingCommand(place))).TagSet);
    return compact({
      ...args,
      id: `${bucket}/${key}`,
      region,
      arn: `arn:aws:s3:::${bucket}/${key}`,
      ...describe(head),
      body: bytes.toString("utf8"),
      bodyBase64: bytes.toString("base64"),
      tags,
    });
  },
};
