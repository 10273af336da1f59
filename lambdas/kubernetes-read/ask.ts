import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { buffer } from "node:stream/consumers";
import type { KubernetesReadEvent } from "./events";

export interface Asked {
  readonly status: number;
  readonly body: Buffer;
  readonly retryAfterSeconds?: number;
}

/** A cluster that does not answer holds up no export of anything else. */
const TIMEOUT_MS = 15_000;

/** Reads a path of the API, whole: a body that is cut short is an error, as is one that takes too long. */
export const askKubernetes = async (asked: KubernetesReadEvent): Promise<Asked> => {
  const response = await answerTo(asked);
  const body = await buffer(response);
  const retryAfterSeconds = Number(response.headers["retry-after"]);
  return {
    status: response.statusCode ?? 0,
    body,
    ...(Number.isInteger(retryAfterSeconds) && retryAfterSeconds >= 0 ? { retryAfterSeconds } : {}),
  };
};

const answerTo = async ({ endpoint, certificateAuthority, token, path }: KubernetesReadEvent): Promise<IncomingMessage> => {
  const url = new URL(path, endpoint);
  const common = { headers: { authorization: `Bearer ${token}`, accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) };
  // A cluster's certificate is by an authority of its own.
  const ca = certificateAuthority === undefined ? undefined : Buffer.from(certificateAuthority, "base64");
  const request: ClientRequest = url.protocol === "https:" ? requestHttps(url, { ...common, ca }) : requestHttp(url, common);
  const answered = once(request, "response");
  request.end();
  const [response] = (await answered) as [IncomingMessage];
  return response;
};
