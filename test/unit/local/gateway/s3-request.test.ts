import { parseS3Request } from "../../../../local/gateway/s3-request";

const parse = (line: string, copySource?: string) => {
  const [method = "", target = ""] = line.split(" ");
  const [path = "", query = ""] = target.split("?");
  return parseS3Request(method, path, new URLSearchParams(query), copySource);
};

it.each([
  ["GET /", "ListBuckets"],
  ["PUT /b", "CreateBucket"],
  ["HEAD /b", "HeadBucket"],
  ["DELETE /b/", "DeleteBucket"],
  ["GET /b?list-type=2&prefix=x", "ListObjectsV2"],
  ["GET /b?versions", "ListObjectVersions"],
  ["GET /b?location", "GetBucketLocation"],
  ["PUT /b?replication", "PutBucketReplication"],
  ["DELETE /b?replication=", "DeleteBucketReplication"],
  ["PUT /b?object-lock", "PutObjectLockConfiguration"],
  ["GET /b?publicAccessBlock", "GetPublicAccessBlock"],
  ["POST /b?delete", "DeleteObjects"],
  ["PUT /b/k", "PutObject"],
  ["PUT /b/k?x-id=PutObject", "PutObject"],
  ["PUT /b/k?tagging", "PutObjectTagging"],
  ["PUT /b/k?partNumber=1&uploadId=u", "UploadPart"],
  ["POST /b/k?uploads", "CreateMultipartUpload"],
  ["POST /b/k?uploadId=u", "CompleteMultipartUpload"],
  ["DELETE /b/k?versionId=v", "DeleteObject"],
  ["POST /v20180820/jobs", "S3Control POST jobs"],
])("%s is %s", (line, operation) => {
  expect(parse(line).operation).toBe(operation);
});

it("takes bucket, decoded key and version apart", () => {
  expect(parse("GET /my-bucket/a%20b/c%2Bd?versionId=v1")).toMatchObject({ bucket: "my-bucket", key: "a b/c+d", versionId: "v1" });
});

it("names the bucket that a copy reads", () => {
  expect(parse("PUT /b/k", "/source-bucket/a/b?versionId=1")).toMatchObject({
    operation: "CopyObject",
    bucket: "b",
    sourceBucket: "source-bucket",
  });
});
