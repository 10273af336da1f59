import { Agent, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Headers that belong to one connection and not to the message: https://datatracker.ietf.org/doc/html/rfc9110#section-7.6.1 */
const ofTheConnection = new Set(["connection", "keep-alive", "proxy-connection", "te", "upgrade"]);
/** The gateway has answered `Expect: 100-continue` itself by reading on; asking MiniStack again would only stall the body. */
const notForwarded = new Set([...ofTheConnection, "expect", "x-forwarded-proto"]);

/**
 * AWS's endpoints speak TLS; this gateway listens on 127.0.0.1 without it and says on behalf of its callers that they did, so that policies which
 * refuse plain HTTP (aws:SecureTransport) are evaluated as on AWS. No signature covers the header.
 */
const asIfOverTls = ["X-Forwarded-Proto", "https"];

const pairs = (rawHeaders: readonly string[]): [string, string][] =>
  rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] satisfies [string, string]] : []));

/** Raw headers without those of the connection, spelling and order kept: a signature covers their values. */
const without = (rawHeaders: readonly string[], names: ReadonlySet<string>): string[] =>
  pairs(rawHeaders)
    .filter(([name]) => !names.has(name.toLowerCase()))
    .flat();

export interface Message {
  readonly method: string;
  /** Path and query as they came, undecoded. */
  readonly target: string;
  readonly rawHeaders: readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface Upstream {
  /** Sends the message on and resolves with MiniStack's answer, whose body is still to be read. */
  send(message: Message, body: Readable | Buffer | undefined, signal: AbortSignal): Promise<IncomingMessage>;
  /** The same, with the whole answer in memory. */
  exchange(message: Message, body: Buffer, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

export const createUpstream = (url: string): Upstream => {
  const { hostname, port } = new URL(url);
  // MiniStack closes a connection that was idle for 75 s; ours go first, so that no request meets a closing one.
  const agent = new Agent({ keepAlive: true, timeout: 60_000, maxFreeSockets: 64 });

  const send: Upstream["send"] = (message, body, signal) =>
    new Promise((done, fail) => {
      const headers = [...withLength(without(message.rawHeaders, notForwarded), body), ...asIfOverTls];
      const outgoing = request({ agent, hostname, port, method: message.method, path: message.target, headers, signal }, done);
      outgoing.once("error", fail);
      if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
      else pipeline(body, outgoing).catch(fail);
    });

  return {
    send,
    exchange: async (message, body, signal) => {
      const incoming = await send(message, body, signal);
      return { status: incoming.statusCode ?? 502, rawHeaders: incoming.rawHeaders, body: await readAll(incoming) };
    },
    close: () => agent.destroy(),
  };
};

/** A body that is sent from memory has one length, whatever framing it arrived with. */
const withLength = (rawHeaders: string[], body: Readable | Buffer | undefined): string[] =>
  Buffer.isBuffer(body)
    ? [...without(rawHeaders, new Set(["content-length", "transfer-encoding"])), "Content-Length", String(body.length)]
    : rawHeaders;

export const readAll = async (stream: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** Passes an answer on as it came, with a few headers added. */
export const relay = async (incoming: IncomingMessage, outgoing: ServerResponse, added: readonly string[]): Promise<void> => {
  // A trailing "Transfer-Encoding: chunked" is this connection's own: Node frames the body again where there is no length.
  const headers = without(incoming.rawHeaders, new Set([...ofTheConnection, "transfer-encoding"]));
  outgoing.writeHead(incoming.statusCode ?? 502, incoming.statusMessage ?? "", [...headers, ...added]);
  await pipeline(incoming, outgoing);
};

export const reply = (outgoing: ServerResponse, answer: Answer): void => {
  const headers = without(answer.rawHeaders, new Set([...ofTheConnection, "transfer-encoding", "content-length"]));
  outgoing.writeHead(answer.status, [...headers, "Content-Length", String(answer.body.length)]);
  outgoing.end(answer.body);
};
