import type { IncomingMessage } from "node:http";
import type { Call, Caller } from "./calls";
import { classOf } from "./global";
import { isForm, operationOf } from "./operation";
import { parseS3Request, type S3Request } from "./s3-request";
import { type Scope, scopeOf } from "./scope";
import { type Message, readAll } from "./upstream";

/** A request, understood as far as routing, outages and the log need it. */
export interface Incoming {
  readonly message: Message;
  readonly scope: Scope;
  readonly operation: string;
  readonly path: string;
  readonly s3?: S3Request;
  /** Present when it had to be looked at: a form names its action in the body. */
  readonly body?: Buffer;
}

/** A call that carries its body whole is small: CloudWatch's largest is 1 MB, a query call's far less. */
const formLimitBytes = 4 * 1024 * 1024;

export const understand = async (request: IncomingMessage, homeRegion: string): Promise<Incoming> => {
  const target = request.url ?? "/";
  const method = request.method ?? "GET";
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : target.slice(mark + 1));
  const scope = scopeOf(request.headers, path, query, homeRegion);
  const message = { method, target, rawHeaders: request.rawHeaders };
  if (scope.service === "s3") {
    const source = request.headers["x-amz-copy-source"];
    const s3 = parseS3Request(method, path, query, Array.isArray(source) ? source[0] : source);
    return { message, scope, operation: s3.operation, path, s3 };
  }
  const looksInside = isForm(request.headers) && Number(request.headers["content-length"] ?? 0) <= formLimitBytes;
  const body = looksInside ? await readAll(request) : undefined;
  const form = body === undefined ? undefined : new URLSearchParams(body.toString("utf8"));
  return { message, scope, operation: operationOf(method, path, request.headers, query, form), path, body };
};

export type Homes = Pick<Call, "bucketHome" | "sourceHome">;

/** What is known of a call before it is answered. */
export const callOf = (
  incoming: Incoming,
  host: string | undefined,
  at: Date,
  homes: Homes,
  caller: Caller | undefined,
): Omit<Call, "outcome" | "status"> => ({
  at,
  region: incoming.scope.region,
  service: incoming.scope.service,
  operation: incoming.operation,
  resource: incoming.s3?.key === undefined ? undefined : `${incoming.s3.bucket}/${incoming.s3.key}`,
  bucket: incoming.s3?.bucket,
  ...homes,
  accessKeyId: incoming.scope.accessKeyId,
  caller,
  signed: incoming.scope.signed,
  class: classOf(incoming.scope.service, incoming.operation, host),
});
