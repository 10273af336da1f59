import type { IncomingHttpHeaders } from "node:http";

/** What a request's signature says about it. An unsigned one has no key, and its region and service are guesses. */
export interface Scope {
  readonly region: string;
  readonly service: string;
  readonly accessKeyId?: string;
  readonly signed: boolean;
}

const headerCredential = /\bCredential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/;
const queryCredential = /^([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/;

const credentialOf = (headers: IncomingHttpHeaders, query: URLSearchParams): RegExpExecArray | null => {
  const authorization = headers.authorization;
  if (authorization !== undefined) return headerCredential.exec(authorization);
  const presigned = query.get("X-Amz-Credential");
  return presigned === null ? null : queryCredential.exec(presigned);
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html: key/date/region/service/aws4_request. */
export const scopeOf = (headers: IncomingHttpHeaders, path: string, query: URLSearchParams, homeRegion: string): Scope => {
  const credential = credentialOf(headers, query);
  if (credential !== null) {
    const [, accessKeyId = "", region = homeRegion, service = "unknown"] = credential;
    return { region, service, accessKeyId, signed: true };
  }
  return { ...guess(headers, path, homeRegion), signed: false };
};

const regionalHost = /^([a-z0-9-]+)\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com/;

/** A region's own host name decides; otherwise a path that names a bucket is taken for S3 and anything else stays unknown. */
const guess = (headers: IncomingHttpHeaders, path: string, homeRegion: string): { region: string; service: string } => {
  const host = regionalHost.exec(headers.host ?? "");
  if (host !== null) return { service: host[1] ?? "unknown", region: host[2] ?? homeRegion };
  if (path.startsWith("/_") || headers["x-amz-target"] !== undefined) return { service: "unknown", region: homeRegion };
  if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true) return { service: "unknown", region: homeRegion };
  return { service: /^\/[a-z0-9][a-z0-9.-]{2,62}(\/|$)/.test(path) ? "s3" : "unknown", region: homeRegion };
};
