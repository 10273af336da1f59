import { type ClientRequest, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What happens to a request on its way: it is answered with a status, it waits before it goes on, its answer is cut in the middle, its own body is, or
 * it gets no answer. Undefined lets it through.
 */
export type RequestFault = { readonly status: number } | { readonly delayMs: number } | "cut" | "cut-upload" | "silence" | undefined;

export interface SeenRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  /** From 0 on, of this method and path. */
  readonly attempt: number;
}

export interface FaultyProxy {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Those that the other server did not take, or gave no answer to. */
  readonly unanswered: readonly SeenRequest[];
  setFault(fault: (seen: SeenRequest) => RequestFault): void;
  stop(): Promise<void>;
}

type Concerns = (seen: SeenRequest) => boolean;
export const isAny: Concerns = () => true;
export const isPut: Concerns = ({ method }) => method === "PUT";
export const isGet: Concerns = ({ method }) => method === "GET";

/** A fault that each request meets once: the next attempt of it passes. @param nameOf which requests are attempts of the same one */
export const onceEach = (
  fault: RequestFault,
  concerns: Concerns,
  nameOf = ({ method, path }: SeenRequest): string => `${method} ${path}`,
) => {
  const met = new Set<string>();
  return (seen: SeenRequest): RequestFault => {
    const name = nameOf(seen);
    if (!concerns(seen) || met.has(name)) return undefined;
    met.add(name);
    return fault;
  };
};

/** The ways in which S3 fails under what is written to it, for a table of tests. */
export const S3_WRITE_FAULTS: readonly (readonly [string, RequestFault, Concerns])[] = [
  ["answers 503", { status: 503 }, isAny],
  ["answers 500 to writes", { status: 500 }, isPut],
  ["cuts what it is sent", "cut-upload", isPut],
  ["loses its answer to what it wrote", "cut", isPut],
];

/** An HTTP server in front of another one, with the same bytes in both directions but for the faults that a test asks for. */
export const startFaultyProxy = async (upstreamUrl: string): Promise<FaultyProxy> => {
  const upstream = new URL(upstreamUrl);
  const requests: SeenRequest[] = [];
  const unanswered: SeenRequest[] = [];
  let fault: (seen: SeenRequest) => RequestFault = () => undefined;

  const handle = (incoming: IncomingMessage, answer: ServerResponse): void => {
    const { method = "", url: path = "" } = incoming;
    const seen = { method, path, attempt: requests.filter((each) => each.method === method && each.path === path).length };
    requests.push(seen);
    const what = fault(seen);
    if (what === "silence") return;
    if (typeof what === "object" && "status" in what) {
      incoming.resume();
      answer.writeHead(what.status, { "content-type": "application/xml" }).end(errorBody(method, what.status));
      return;
    }
    const forwarded = request(
      { host: upstream.hostname, port: upstream.port, method, path, headers: incoming.headers },
      (upstreamAnswer) => (what === "cut" ? cut(upstreamAnswer, answer) : pass(upstreamAnswer, answer)),
    );
    forwarded.on("error", () => {
      unanswered.push(seen);
      answer.destroy();
    });
    if (what === "cut-upload") cutUpload(incoming, forwarded);
    else if (typeof what === "object") setTimeout(() => incoming.pipe(forwarded), what.delayMs);
    else incoming.pipe(forwarded);
  };

  const server: Server = createServer(handle);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    unanswered,
    setFault: (next) => {
      fault = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
};

const errorBody = (method: string, status: number): string =>
  method === "HEAD" ? "" : `<Error><Code>${status === 503 ? "SlowDown" : "InternalError"}</Code><Message>fault of a test</Message></Error>`;

const pass = (from: IncomingMessage, to: ServerResponse): void => {
  to.writeHead(from.statusCode ?? 500, from.rawHeaders);
  from.pipe(to);
};

/** Half of the body, then the connection is reset: its length was promised and is not kept. An answer without a body is lost whole. */
const cut = (from: IncomingMessage, to: ServerResponse): void => {
  const chunks: Buffer[] = [];
  from.on("data", (chunk: Buffer) => chunks.push(chunk));
  from.on("end", () => {
    const body = Buffer.concat(chunks);
    if (body.byteLength === 0) {
      to.destroy();
      return;
    }
    to.writeHead(from.statusCode ?? 500, { ...from.headers, "content-length": String(body.byteLength) });
    to.write(body.subarray(0, Math.floor(body.byteLength / 2)), () => to.destroy());
  });
};

/** Half of what was promised reaches the other side, then both connections are reset. */
const cutUpload = (from: IncomingMessage, to: ClientRequest): void => {
  const chunks: Buffer[] = [];
  from.on("data", (chunk: Buffer) => chunks.push(chunk));
  from.on("end", () => {
    const body = Buffer.concat(chunks);
    to.write(body.subarray(0, Math.floor(body.byteLength / 2)), () => {
      to.destroy();
      from.socket.destroy();
    });
  });
};
