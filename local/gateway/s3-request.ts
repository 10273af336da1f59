/** What an S3 request is about. Path style only: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html#path-style-access */
export interface S3Request {
  readonly operation: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly versionId?: string;
  /** The bucket that a copy reads. */
  readonly sourceBucket?: string;
}

const bucketSubresources: Readonly<Record<string, string>> = {
  accelerate: "AccelerateConfiguration",
  acl: "Acl",
  cors: "Cors",
  encryption: "Encryption",
  lifecycle: "LifecycleConfiguration",
  location: "Location",
  logging: "Logging",
  notification: "NotificationConfiguration",
  "object-lock": "ObjectLockConfiguration",
  ownershipControls: "OwnershipControls",
  policy: "Policy",
  publicAccessBlock: "PublicAccessBlock",
  replication: "Replication",
  tagging: "Tagging",
  versioning: "Versioning",
  website: "Website",
};
const bucketVerbs: Readonly<Record<string, string>> = { GET: "Get", PUT: "Put", DELETE: "Delete" };
/** Subresources whose operation does not have "Bucket" in its name. */
const withoutBucket = new Set(["ObjectLockConfiguration", "PublicAccessBlock"]);

const bucketOperation = (method: string, query: URLSearchParams): string => {
  for (const [parameter, name] of Object.entries(bucketSubresources)) {
    if (query.has(parameter)) return `${bucketVerbs[method] ?? method}${withoutBucket.has(name) ? "" : "Bucket"}${name}`;
  }
  if (method === "POST") return query.has("delete") ? "DeleteObjects" : "PostObject";
  if (method === "GET") {
    if (query.has("versions")) return "ListObjectVersions";
    if (query.has("uploads")) return "ListMultipartUploads";
    return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
  }
  return { PUT: "CreateBucket", DELETE: "DeleteBucket", HEAD: "HeadBucket" }[method] ?? method;
};

const objectSubresources: Readonly<Record<string, string>> = {
  acl: "Acl",
  attributes: "Attributes",
  "legal-hold": "LegalHold",
  retention: "Retention",
  tagging: "Tagging",
};

const objectOperation = (method: string, query: URLSearchParams, copies: boolean): string => {
  for (const [parameter, name] of Object.entries(objectSubresources)) {
    if (query.has(parameter)) return `${bucketVerbs[method] ?? method}Object${name}`;
  }
  if (query.has("uploadId")) {
    if (method === "PUT") return copies ? "UploadPartCopy" : "UploadPart";
    return { POST: "CompleteMultipartUpload", DELETE: "AbortMultipartUpload", GET: "ListParts" }[method] ?? method;
  }
  if (method === "PUT") return copies ? "CopyObject" : "PutObject";
  if (method === "POST") return query.has("uploads") ? "CreateMultipartUpload" : query.has("restore") ? "RestoreObject" : "PostObject";
  return { GET: "GetObject", HEAD: "HeadObject", DELETE: "DeleteObject" }[method] ?? method;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

export const parseS3Request = (method: string, path: string, query: URLSearchParams, copySource: string | undefined): S3Request => {
  // S3 Control shares the service name; its paths begin with its version: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_AWS_S3_Control.html
  if (path.startsWith("/v20180820/")) return { operation: `S3Control ${method} ${path.split("/")[2] ?? ""}` };
  const [, bucket = "", ...rest] = path.split("/");
  if (bucket === "") return { operation: "ListBuckets" };
  const key = decoded(rest.join("/"));
  if (key === "") return { operation: bucketOperation(method, query), bucket: decoded(bucket) };
  return {
    operation: objectOperation(method, query, copySource !== undefined),
    bucket: decoded(bucket),
    key,
    versionId: query.get("versionId") ?? undefined,
    sourceBucket: copySource === undefined ? undefined : decoded(copySource).replace(/^\//, "").split("/")[0],
  };
};
