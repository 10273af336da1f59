import * as z from "zod";
import { messageOf } from "../../recovery/errors";

/** The primary region did not answer. Whoever watches its lag is told by that; the comparison only waits. */
export class PrimaryUnreachable extends Error {
  constructor(cause: unknown) {
    super(`the primary region does not answer: ${messageOf(cause)}`, { cause });
    this.name = "PrimaryUnreachable";
  }
}

const Answered = z.object({ $metadata: z.object({ httpStatusCode: z.number() }) });
const Named = z.object({ name: z.string().optional(), code: z.string().optional(), message: z.string().optional() });

/** In an error's name, code or message: the SDK wraps what is no error of its own realm, and leaves the message alone. */
const NO_ANSWER = /\b(TimeoutError|ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)\b/;

/** Only what a lost region looks like: no connection, no answer in time, or answers of a failing service. A refusal is a fault of ours and is told. */
const isUnreachable = (error: unknown): boolean => {
  const status = Answered.safeParse(error).data?.$metadata.httpStatusCode;
  if (status !== undefined && status >= 400) return status >= 500 || status === 429;
  const { name, code, message } = Named.safeParse(error).data ?? {};
  return NO_ANSWER.test(`${name} ${code} ${message}`);
};

const asUnreachable = (error: unknown): unknown => (isUnreachable(error) ? new PrimaryUnreachable(error) : error);

/** A call to the primary region, whose silence is told from every other failure. */
export const askPrimary = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    throw asUnreachable(error);
  }
};

/** The same of what comes page by page. */
export async function* pagesOfPrimary<T>(pages: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* pages;
  } catch (error) {
    throw asUnreachable(error);
  }
}
