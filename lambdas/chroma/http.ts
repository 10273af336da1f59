import { setTimeout as delay } from "node:timers/promises";
import { LifeboatError, messageOf } from "../../recovery/errors";

export interface HttpOptions {
  readonly fetch?: typeof fetch;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: string;
  /** Repeated after a refused connection or a 5xx: only for calls that do no harm twice. */
  readonly repeatable: boolean;
  /** Statuses that are an answer, not a failure. */
  readonly accept?: readonly number[];
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Chroma refuses larger bodies (measured with 1.5.9). */
export const MAX_BODY_BYTES = 40 * 1024 * 1024;
/** Six attempts over 8 s outlast a restart of the server, which takes about a second. */
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 250;
/** A server that has not answered by then will not: 1,000 records take 50 ms, adding them 2 s. */
const ANSWER_TIMEOUT_MS = 120_000;

/** JSON over HTTP with bounded repetition; `baseUrl` has no slash at its end. */
export const jsonOverHttp =
  (baseUrl: string, { fetch: send = fetch, sleep = delay }: HttpOptions) =>
  async (call: Call): Promise<Answer> => {
    for (let attempt = 1; ; attempt += 1) {
      const last = !call.repeatable || attempt === ATTEMPTS;
      const outcome = await attemptOnce(send, baseUrl, call).catch((error: unknown) => ({ failure: unreachable(baseUrl, call, error) }));
      if (!("failure" in outcome)) {
        if (outcome.status < 400 || call.accept?.includes(outcome.status)) return outcome;
        if (last || outcome.status < 500) throw refused(baseUrl, call, outcome);
      } else if (last) throw outcome.failure;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  };

const attemptOnce = async (send: typeof fetch, baseUrl: string, { method, path, body }: Call): Promise<Answer> => {
  const response = await send(`${baseUrl}${path}`, {
    method,
    body,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  return { status: response.status, body: await bodyOf(response) };
};

/** Into one buffer where the server says how long its answer is, as Chroma does: gathered chunks would stand in memory twice. */
const bodyOf = async (response: Response): Promise<Buffer> => {
  const announced = Number(response.headers.get("content-length") ?? Number.NaN);
  if (response.body === null || !Number.isSafeInteger(announced) || response.headers.has("content-encoding"))
    return Buffer.from(await response.arrayBuffer());
  const body = Buffer.allocUnsafeSlow(announced);
  let filled = 0;
  for await (const chunk of response.body) {
    if (filled + chunk.byteLength > announced) throw cutShort(filled + chunk.byteLength, announced);
    body.set(chunk, filled);
    filled += chunk.byteLength;
  }
  if (filled < announced) throw cutShort(filled, announced);
  return body;
};

const cutShort = (received: number, announced: number): Error =>
  new Error(`a body of ${received} bytes, of ${announced} that were announced`);

const unreachable = (baseUrl: string, { method, path }: Call, error: unknown): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `Chroma did not answer ${method} ${path}`,
    received: `${messageOf(error)}${error instanceof Error && error.cause !== undefined ? ` (${messageOf(error.cause)})` : ""}`,
    allowed: `an HTTP answer from ${baseUrl}`,
    hint: "See that the Chroma pod is ready and that the function's subnet and security group reach it",
    cause: error,
  });

const refused = (baseUrl: string, { method, path }: Call, { status, body }: Answer): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `Chroma refused ${method} ${path}`,
    received: `HTTP ${status} from ${baseUrl}: ${body.toString("utf8", 0, 300)}`,
    allowed: "a 2xx status",
    hint: status < 500 ? "The server does not take this request: compare its release with the exported one" : "Look at the server's log",
  });
