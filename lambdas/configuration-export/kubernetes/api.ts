import { parseExactly } from "../../../recovery/configuration/kubernetes/canonical";
import { LifeboatError } from "../../../recovery/errors";
import { type Deadline, noDeadline } from "../../shared/deadline";
import type { AskKubernetes } from "./ask";

/** What an answer asks its reader to do otherwise. */
export type Otherwise = "too-large" | "expired";

export interface KubernetesApi {
  /** The content of a path; undefined where there is nothing. @throws LifeboatError when it is refused, or there is no whole answer. */
  get(path: string): Promise<unknown>;
  /** The same of a page of a list, or why it has to be begun again. */
  page(path: string): Promise<{ readonly content: unknown } | Otherwise>;
}

const ATTEMPTS = 4;
const LONGEST_WAIT_SECONDS = 10;
/** https://kubernetes.io/docs/reference/using-api/api-concepts/: the server says so when it has too much to do, or is being replaced. */
const PASSING = [429, 500, 502, 503, 504];

/** The API of a cluster, asked again where a failure may pass by itself: a refused connection, a 503, a body that is cut short. */
export const kubernetesApi = (ask: AskKubernetes, sleep: (ms: number) => Promise<void>, deadline: Deadline = noDeadline): KubernetesApi => {
  const page = async (path: string): Promise<{ readonly content: unknown } | Otherwise> => {
    for (let attempt = 1; ; attempt += 1) {
      deadline(() => `${path} is still to be read`);
      const read = await attempted(ask, path);
      if ("done" in read) return read.done;
      if (attempt === ATTEMPTS) throw read.failure;
      await sleep(1000 * Math.min(read.waitSeconds ?? 2 ** (attempt - 1), LONGEST_WAIT_SECONDS));
    }
  };
  return {
    page,
    get: async (path) => {
      const read = await page(path);
      if (typeof read === "string") throw unanswered(path, read);
      return read.content;
    },
  };
};

type Attempted =
  | { readonly done: { readonly content: unknown } | Otherwise }
  | { readonly failure: unknown; readonly waitSeconds?: number };

const attempted = async (ask: AskKubernetes, path: string): Promise<Attempted> => {
  try {
    const answer = await ask(path);
    if (answer.status === "too-large") return { done: "too-large" };
    const { status, text, retryAfterSeconds } = answer;
    if (status === 200) return { done: { content: parsed(path, text) } };
    if (status === 404) return { done: { content: undefined } };
    // The server forgets where a list stood after some minutes. https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
    if (status === 410) return { done: "expired" };
    const failure = unanswered(path, `HTTP ${status}: ${text.replace(/\s+/g, " ").slice(0, 200)}`, status === 401 || status === 403);
    if (!PASSING.includes(status)) throw new Refused(failure);
    return { failure, ...(retryAfterSeconds === undefined ? {} : { waitSeconds: retryAfterSeconds }) };
  } catch (error) {
    if (error instanceof Refused) throw error.reason;
    return { failure: error };
  }
};

/** No repetition will change it. */
class Refused extends Error {
  constructor(readonly reason: LifeboatError) {
    super(reason.message);
  }
}

// A parser's message would quote what is read, which may be a Secret.
const parsed = (path: string, text: string): unknown => {
  try {
    return parseExactly(text);
  } catch {
    throw unanswered(path, `${text.length} characters that are no whole JSON`);
  }
};

const unanswered = (path: string, received: string, refused = false): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `The cluster does not give ${path}`,
    received,
    allowed: "an answer, whole",
    hint: refused
      ? "Look at the access entry of the function's role in EKS: it needs AmazonEKSAdminViewPolicy in this namespace, and the cluster an authentication mode with API"
      : "The next run tries again; look at the cluster's API server if it stays so",
  });
