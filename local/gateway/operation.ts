import type { IncomingHttpHeaders } from "node:http";

/** A query-protocol call names its action in a form body, so that body is read before it is forwarded. */
export const isForm = (headers: IncomingHttpHeaders): boolean =>
  headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/**
 * The operation of a call of any service but S3, as far as its protocol says: JSON by its target, CBOR by its path, query by its Action;
 * the REST services by method and path, where a person can still recognise it.
 */
export const operationOf = (
  method: string,
  path: string,
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
  form: URLSearchParams | undefined,
): string => {
  const target = one(headers["x-amz-target"]);
  if (target !== undefined) return target.slice(target.lastIndexOf(".") + 1);
  const rpc = /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(path);
  if (rpc?.[1] !== undefined) return rpc[1];
  return form?.get("Action") ?? query.get("Action") ?? `${method} ${path}`;
};

const reads = /^(Get|List|Describe|Lookup|Simulate|Test|Generate|Head)/;

/** Whether a call changes nothing. `GET` and `HEAD` start the names of REST operations here. */
export const isRead = (operation: string): boolean => reads.test(operation) || /^(GET|HEAD) /.test(operation);
