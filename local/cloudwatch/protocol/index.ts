import { gunzipSync } from "node:zlib";
import type { ServiceAnswer, ServiceRequest } from "../../gateway/service-endpoint";
import { type CloudWatchError, validationError } from "../errors";
import { decodeCbor, encodeCbor } from "./cbor";
import { decodeJson, encodeJson } from "./json";
import { decodeQuery, encodeQuery, encodeQueryError } from "./query";

export type HttpRequest = Omit<ServiceRequest, "region">;
export type HttpResponse = ServiceAnswer;

export interface Decoded {
  readonly operation: string;
  readonly input: unknown;
  readonly encode: (output: object) => HttpResponse;
  readonly encodeError: (error: CloudWatchError) => HttpResponse;
}

const rpcPath = /^\/service\/GraniteServiceVersion20100801\/operation\/([A-Za-z]+)$/;

/** https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#x-amzn-query-error: clients of the query protocol's time read the old code. */
const errorHeaders = (error: CloudWatchError): Record<string, string> => ({
  "x-amzn-errortype": error.code,
  "x-amzn-query-error": `${error.queryCode};Sender`,
});

const typed = (error: CloudWatchError): object => ({ __type: error.code, message: error.message });

/** The JavaScript client compresses what is larger than 10 KiB: https://docs.aws.amazon.com/sdkref/latest/guide/feature-compression.html */
const plain = ({ headers, body }: HttpRequest): Buffer =>
  headers["content-encoding"]?.includes("gzip") === true ? gunzipSync(body) : body;

/** Reads a call of any of CloudWatch's three protocols: JSON 1.0 (the JavaScript client), CBOR and query (other SDKs, by version). */
export const decode = (request: HttpRequest, requestId: string): Decoded => {
  const body = plain(request);
  const rpc = rpcPath.exec(request.path);
  if (rpc !== null) {
    const headers = { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor", "x-amzn-requestid": requestId };
    return {
      operation: rpc[1] ?? "",
      input: decodeCbor(body),
      encode: (output) => ({ status: 200, headers, body: encodeCbor(output) }),
      encodeError: (error) => ({ status: error.status, headers: { ...headers, ...errorHeaders(error) }, body: encodeCbor(typed(error)) }),
    };
  }
  const target = request.headers["x-amz-target"];
  if (target !== undefined) {
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": requestId };
    return {
      operation: target.slice(target.lastIndexOf(".") + 1),
      input: decodeJson(body),
      encode: (output) => ({ status: 200, headers, body: encodeJson(output) }),
      encodeError: (error) => ({ status: error.status, headers: { ...headers, ...errorHeaders(error) }, body: encodeJson(typed(error)) }),
    };
  }
  if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true) {
    const headers = { "content-type": "text/xml", "x-amzn-requestid": requestId };
    const { operation, input } = decodeQuery(body);
    return {
      operation,
      input,
      encode: (output) => ({ status: 200, headers, body: encodeQuery(operation, output, requestId) }),
      encodeError: (error) => ({ status: error.status, headers, body: encodeQueryError(error, requestId) }),
    };
  }
  throw validationError("The call speaks none of the protocols JSON 1.0, rpc-v2-cbor and query");
};
