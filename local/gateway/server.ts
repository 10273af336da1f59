import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../recovery/errors";
import type { BucketHomes } from "./buckets";
import type { Callers } from "./callers";
import type { CallLog, Outcome } from "./calls";
import type { Clock } from "./clock";
import { callOf, type Homes, type Incoming, understand } from "./incoming";
import { type Cut, type Outages, regionsNeeded } from "./outage";
import { reply } from "./upstream";

export interface ServerOptions {
  readonly clock: Clock;
  readonly homeRegion: string;
  readonly delaySeconds: number;
  readonly homes: BucketHomes;
  readonly callers: Callers;
  readonly outages: Outages;
  readonly calls: CallLog;
  /** Answers a call that can reach what it needs, and resolves with the status that it answered. */
  readonly answer: (incoming: Incoming, exchange: Exchange) => Promise<number>;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborted when the client leaves, or when a region that the call needs is cut off meanwhile. */
  readonly signal: AbortSignal;
}

export interface GatewayServer {
  readonly server: Server;
  /** Breaks off what is under way and needs the region. */
  regionCut(cut: Cut): void;
}

interface UnderWay {
  readonly regions: readonly string[];
  readonly response: ServerResponse;
  readonly over: AbortController;
  cut?: Cut;
}

const outcomeOf = (status: number): Outcome =>
  status < 300 ? "ok" : status < 400 ? "redirect" : status < 500 ? "client-error" : "server-error";

export const createGatewayServer = (options: ServerOptions): GatewayServer => {
  const underWay = new Set<UnderWay>();

  /** Where the buckets of a call live. Region lists come from memory but for a bucket that was never seen. */
  const homesOf = async ({ s3 }: Incoming): Promise<Homes> => ({
    bucketHome: s3?.bucket === undefined || s3.operation === "CreateBucket" ? undefined : await options.homes.homeOf(s3.bucket),
    sourceHome: s3?.sourceBucket === undefined ? undefined : await options.homes.homeOf(s3.sourceBucket),
  });

  /** A lost region: the connection is reset, or nothing ever comes until the client gives up. */
  const withhold = (cut: Cut, { socket }: IncomingMessage): Outcome => {
    if (cut.mode === "drop") return "dropped";
    socket.resetAndDestroy();
    return "refused";
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = options.clock.now();
    const incoming = await understand(request, options.homeRegion);
    const caller = await options.callers.of(incoming.scope.accessKeyId);
    const call = callOf(incoming, request.headers.host, at, await homesOf(incoming), caller);
    const regions = regionsNeeded(call);
    const cut = options.outages.of(regions);
    if (cut !== undefined && cut.mode !== "delay") return options.calls.add({ ...call, outcome: withhold(cut, request) });

    const entry: UnderWay = { regions, response, over: new AbortController() };
    underWay.add(entry);
    response.once("close", () => {
      if (!response.writableFinished) entry.over.abort();
    });
    try {
      if (cut !== undefined) await sleep(options.delaySeconds * 1000, undefined, { signal: entry.over.signal });
      const status = await options.answer(incoming, { request, response, signal: entry.over.signal });
      options.calls.add({ ...call, outcome: outcomeOf(status), status });
    } catch (thrown) {
      if (entry.cut !== undefined) options.calls.add({ ...call, outcome: entry.cut.mode === "drop" ? "dropped" : "refused" });
      else if (entry.over.signal.aborted) options.calls.add({ ...call, outcome: "aborted" });
      else {
        options.calls.add({ ...call, outcome: "server-error", status: 502 });
        badGateway(response, thrown);
      }
    } finally {
      underWay.delete(entry);
    }
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((thrown: unknown) => badGateway(response, thrown));
  });
  // A function may run for 15 minutes and a queue be polled for long; uploads take what they take.
  server.requestTimeout = 0;
  server.timeout = 0;
  server.keepAliveTimeout = 65_000;

  return {
    server,
    regionCut: (cut) => {
      if (cut.mode === "delay") return;
      for (const entry of underWay) {
        if (!entry.regions.includes(cut.region)) continue;
        entry.cut = cut;
        entry.over.abort();
        if (cut.mode === "refuse") entry.response.socket?.resetAndDestroy();
      }
    },
  };
};

const badGateway = (response: ServerResponse, thrown: unknown): void => {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const body = Buffer.from(`The gateway got no answer from the emulator: ${messageOf(thrown)}\n`);
  reply(response, { status: 502, rawHeaders: ["Content-Type", "text/plain"], body });
};

/** Headers with one value each, as the endpoints behind the gateway read them. */
export const flatHeaders = (headers: IncomingHttpHeaders): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
