import type { IncomingHttpHeaders } from "node:http";
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import type { S3Request } from "../s3-request";
import type { ReplicatedChange } from "./rules";

/** A change that a successful S3 call made, which replication may have to carry on. */
export interface ObservedChange {
  readonly key: string;
  readonly versionId?: string;
  readonly change: ReplicatedChange;
}

const header = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};

const writes = new Set(["PutObject", "CopyObject", "CompleteMultipartUpload", "PostObject"]);

/** What a call other than DeleteObjects changed, as far as its answer's headers say. Deleting a version replicates nothing. */
export const changeOf = (request: S3Request, headers: IncomingHttpHeaders): ObservedChange | undefined => {
  if (request.key === undefined) return undefined;
  const versionId = header(headers, "x-amz-version-id");
  if (writes.has(request.operation)) return { key: request.key, versionId, change: "object" };
  if (request.operation === "DeleteObject" && request.versionId === undefined && header(headers, "x-amz-delete-marker") === "true") {
    return { key: request.key, versionId, change: "delete-marker" };
  }
  if (request.operation === "PutObjectTagging" || request.operation === "DeleteObjectTagging") {
    return { key: request.key, versionId: request.versionId ?? versionId, change: "tags" };
  }
  return undefined;
};

const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === "Deleted" });
const deleted = z.object({
  Key: z.string(),
  VersionId: z.string().optional(),
  DeleteMarker: z.string().optional(),
  DeleteMarkerVersionId: z.string().optional(),
});
const result = z.object({ DeleteResult: z.object({ Deleted: z.array(deleted).default([]) }) });

/** The delete markers that a DeleteObjects call made: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletedObject.html */
export const markersOf = (body: Buffer): readonly ObservedChange[] => {
  const parsed = result.safeParse(parser.parse(body));
  if (!parsed.success) return [];
  return parsed.data.DeleteResult.Deleted.filter((each) => each.DeleteMarker === "true" && each.VersionId === undefined).map(
    ({ Key, DeleteMarkerVersionId }) => ({ key: Key, versionId: DeleteMarkerVersionId, change: "delete-marker" }),
  );
};
