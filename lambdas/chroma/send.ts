import { type IncomingMessage, request as overHttp, Agent as PlainAgent } from "node:http";
import { request as overHttps, Agent as SecureAgent } from "node:https";

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** JSON. */
  readonly body?: string;
  /** On a connection of its own: an idle one may be closed by the server just as it is used, and the request's fate is unknown then. */
  readonly ownConnection?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Sends a request and reads its whole answer. Fails when there is none, or when a body ends before the length that was announced. */
export type Send = (request: HttpRequest) => Promise<Answer>;

/** A server that has not answered by then will not: 1,000 records take 50 ms, adding them 2 s. */
const ANSWER_TIMEOUT_MS = 120_000;

const plain = new PlainAgent({ keepAlive: true });
const secure = new SecureAgent({ keepAlive: true });

/** By Node's own client: `fetch` takes more than twice its time for large bodies, through streams that are not needed here. */
export const sendOverHttp: Send = ({ method, url, body, ownConnection = false }) =>
  new Promise((done, fail) => {
    const isSecure = url.startsWith("https:");
    const agent = ownConnection ? false : isSecure ? secure : plain;
    const headers = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const options = { method, agent, headers, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) };
    const sent = (isSecure ? overHttps : overHttp)(url, options, (response) => {
      bodyOf(response).then((read) => done({ status: response.statusCode ?? 0, body: read }), fail);
    });
    sent.on("error", fail);
    sent.end(body);
  });

/** Into one buffer where the server says how long its answer is, as Chroma does: gathered chunks would stand in memory twice. */
const bodyOf = async (response: IncomingMessage): Promise<Buffer> => {
  const announced = Number(response.headers["content-length"] ?? Number.NaN);
  if (!Number.isSafeInteger(announced)) return Buffer.concat(await response.toArray());
  const body = Buffer.allocUnsafeSlow(announced);
  let filled = 0;
  await new Promise<void>((done, fail) => {
    response.on("data", (chunk: Buffer) => {
      chunk.copy(body, filled);
      filled += chunk.byteLength;
    });
    response.on("end", done);
    response.on("error", fail);
  });
  if (filled === announced) return body;
  throw new Error(`a body of ${filled} bytes, of ${announced} that were announced`);
};
