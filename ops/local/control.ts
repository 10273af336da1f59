import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod";
import { LifeboatError } from "../../recovery/errors";
import type { Holder } from "./lock";

export const PHASES = ["starting", "running", "stopping"] as const;
export type Phase = (typeof PHASES)[number];

const Database = z.object({
  identifier: z.string(),
  status: z.string(),
  multiAz: z.boolean(),
  /** Null while it has no server. */
  host: z.string().nullable(),
  port: z.number().nullable(),
});
const Pod = z.object({ namespace: z.string(), pod: z.string(), container: z.string(), pid: z.number() });
const RegionFacts = z.object({ lost: z.boolean(), databases: z.array(Database), pods: z.array(Pod) });

/** What the background process says of itself. Regions are there once it runs. */
export const Facts = z.object({ id: z.string(), phase: z.enum(PHASES), regions: z.record(z.string(), RegionFacts) });
export type Facts = z.infer<typeof Facts>;

export interface ControlOptions {
  readonly token: string;
  readonly facts: () => Facts;
  /** Asked to stop: the answer does not wait for the end. */
  readonly stop: () => void;
}

export interface Control {
  readonly port: number;
  close(): void;
}

/** A free port of 127.0.0.1, for whoever can read the lock. */
export const startControl = async (options: ControlOptions): Promise<Control> => {
  const server = createServer((request, response) => answer(options, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new LifeboatError({ code: "internal", what: "The control listens on no port", hint: "Start it again: npm run local -- up" });
  }
  return {
    port: address.port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

const answer = (options: ControlOptions, request: IncomingMessage, response: ServerResponse): void => {
  const [status, body] = answerTo(options, request);
  response.writeHead(status, { "content-type": "application/json", connection: "close" }).end(JSON.stringify(body));
};

const answerTo = ({ token, facts, stop }: ControlOptions, request: IncomingMessage): readonly [status: number, body: unknown] => {
  if (request.headers.authorization !== `Bearer ${token}`) return [401, { error: "the token in the lock is asked for" }];
  switch (`${request.method} ${request.url}`) {
    case "GET /facts":
      return [200, facts()];
    case "POST /stop":
      stop();
      return [202, facts()];
    default:
      return [404, { error: "GET /facts, POST /stop" }];
  }
};

const ANSWERS_MS = 5_000;

/** What the holder says. Undefined when nobody answers there who is it. */
export const askFacts = (holder: Holder): Promise<Facts | undefined> => ask(holder, "GET", "/facts");

/** Asks the holder to stop. Undefined when nobody answers there who is it. */
export const askToStop = (holder: Holder): Promise<Facts | undefined> => ask(holder, "POST", "/stop");

const ask = async ({ id, control }: Holder, method: string, path: string): Promise<Facts | undefined> => {
  if (control === undefined) return undefined;
  try {
    const answered = await fetch(`http://127.0.0.1:${control.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${control.token}` },
      signal: AbortSignal.timeout(ANSWERS_MS),
    });
    const facts = Facts.parse(await answered.json());
    return facts.id === id ? facts : undefined;
  } catch {
    return undefined;
  }
};
