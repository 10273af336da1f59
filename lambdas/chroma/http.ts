import { setTimeout as delay } from "node:timers/promises";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { type Answer, type Send, sendOverHttp } from "./send";

export type { Answer } from "./send";

export interface HttpOptions {
  readonly send?: Send;
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

/** Chroma refuses larger bodies (measured with 1.5.9). */
export const MAX_BODY_BYTES = 40 * 1024 * 1024;
/** Six attempts over 8 s outlast a restart of the server, which takes about a second. */
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 250;

/** JSON over HTTP with bounded repetition; `baseUrl` has no slash at its end. */
export const jsonOverHttp =
  (baseUrl: string, { send = sendOverHttp, sleep = delay }: HttpOptions) =>
  async (call: Call): Promise<Answer> => {
    for (let attempt = 1; ; attempt += 1) {
      const last = !call.repeatable || attempt === ATTEMPTS;
      const { method, path, body } = call;
      const outcome = await send({ method, url: `${baseUrl}${path}`, body, ownConnection: !call.repeatable }).catch((error: unknown) => ({
        failure: unreachable(baseUrl, call, error),
      }));
      if (!("failure" in outcome)) {
        if (outcome.status < 400 || call.accept?.includes(outcome.status)) return outcome;
        if (last || outcome.status < 500) throw new Refusal(baseUrl, call, outcome);
      } else if (last) throw outcome.failure;
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  };

const unreachable = (baseUrl: string, { method, path }: Call, error: unknown): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `Chroma did not answer ${method} ${path}`,
    received: `${messageOf(error)}${error instanceof Error && error.cause !== undefined ? ` (${messageOf(error.cause)})` : ""}`,
    allowed: `an HTTP answer from ${baseUrl}`,
    hint: "See that the Chroma pod is ready and that the function's subnet and security group reach it",
    cause: error,
  });

/** `store-unavailable`, with the status that the server refused a call by. */
export class Refusal extends LifeboatError {
  readonly status: number;

  constructor(baseUrl: string, { method, path }: Call, { status, body }: Answer) {
    super({
      code: "store-unavailable",
      what: `Chroma refused ${method} ${path}`,
      received: `HTTP ${status} from ${baseUrl}: ${body.toString("utf8", 0, 300)}`,
      allowed: "a 2xx status",
      hint: status < 500 ? "The server does not take this request: compare its release with the exported one" : "Look at the server's log",
    });
    this.status = status;
  }
}
