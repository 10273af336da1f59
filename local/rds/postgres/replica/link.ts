import { connect, createServer, type Server, type Socket } from "node:net";
import { HOST } from "../admin";
import { createDelayLine } from "./delay-line";

/** The network between a replica and its source: a port that the replica connects to, and a delay on all that the source sends. */
export interface Link {
  readonly port: number;
  /** Whether a connection to the source is open. */
  readonly connected: boolean;
  /** Drops every connection and what is under way in it. The replica may connect again. */
  cut(): void;
  /** Cut for good. */
  close(): void;
}

export interface LinkOptions {
  /** How long each byte from the source is under way. What the replica sends arrives at once. */
  readonly lagMs: number;
  /** The source's port; undefined while it cannot be reached. Asked for each connection. */
  readonly source: () => Promise<number | undefined>;
  readonly report: (problem: string) => void;
  /** Monotonic, milliseconds. */
  readonly now?: () => number;
  /** Bytes pass at once while the connection is younger. */
  readonly handshakeMs?: number;
  /** With as many bytes under way nothing more is taken from the source until some have arrived. */
  readonly mostBytes?: number;
}

/**
 * TLS, login and the replica's first questions are a dozen round trips, which would each take the lag. So what a source writes in the first second after a
 * replica (re)connected arrives at once.
 */
const HANDSHAKE_MS = 1_000;
const MOST_BYTES = 256 * 1024 * 1024;

export const openLink = async (options: LinkOptions): Promise<Link> => {
  const connections = new Set<Connection>();
  let closed = false;
  const server = createServer({ pauseOnConnect: true }, (replica) => {
    const connection = carry(replica, options, () => connections.delete(connection));
    connections.add(connection);
    if (closed) connection.drop();
  });
  const port = await listen(server);
  const cut = (): void => {
    for (const each of connections) each.drop();
  };
  return {
    port,
    get connected() {
      return [...connections].some((each) => each.reachesSource);
    },
    cut,
    close: () => {
      closed = true;
      server.close();
      cut();
    },
  };
};

const listen = (server: Server): Promise<number> =>
  new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(0, HOST, () => {
      const address = server.address();
      // A program that is otherwise done does not stay for its links.
      server.unref();
      if (address !== null && typeof address === "object") done(address.port);
      else fail(new Error("no port was assigned"));
    });
  });

interface Connection {
  readonly reachesSource: boolean;
  drop(): void;
}

const carry = (replica: Socket, options: LinkOptions, onEnd: () => void): Connection => {
  let source: Socket | undefined;
  let reachesSource = false;
  const drop = (): void => {
    reachesSource = false;
    source?.destroy();
    replica.destroy();
  };
  replica.on("error", () => undefined);
  replica.on("close", () => {
    drop();
    onEnd();
  });
  const begin = async (): Promise<void> => {
    const port = await options.source().catch(() => undefined);
    if (port === undefined || replica.destroyed) return drop();
    source = connect({ host: HOST, port, noDelay: true });
    source.once("connect", () => {
      reachesSource = true;
    });
    join(replica, source, options);
  };
  void begin();
  return {
    get reachesSource() {
      return reachesSource;
    },
    drop,
  };
};

const monotonic = (): number => performance.now();

const timer = (work: () => void, delayMs: number): (() => void) => {
  const timeout = setTimeout(work, delayMs);
  return () => clearTimeout(timeout);
};

const join = (replica: Socket, source: Socket, options: LinkOptions): void => {
  const { lagMs, report, now = monotonic, handshakeMs = HANDSHAKE_MS, mostBytes = MOST_BYTES } = options;
  const openedAt = now();
  let saidFull = false;
  const line = createDelayLine({
    deliver: (chunk) => {
      const takesMore = replica.write(chunk);
      if (source.isPaused() && line.bytes < mostBytes) source.resume();
      return takesMore;
    },
    now,
    schedule: timer,
  });
  replica.on("drain", () => line.release());
  replica.on("close", () => line.end());
  source.on("data", (chunk) => {
    line.put(chunk, now() - openedAt < handshakeMs ? 0 : lagMs);
    if (line.bytes < mostBytes) return;
    source.pause();
    if (!saidFull) report(`more than ${mostBytes} bytes are under way: the rest waits at the source, and is later than ${lagMs / 1000} s`);
    saidFull = true;
  });
  source.on("error", () => undefined);
  // What a source that is gone had sent is lost on the way; what had arrived by then stays.
  source.on("close", () => {
    line.end();
    replica.end(() => replica.destroy());
  });
  replica.pipe(source);
  replica.resume();
};
