import type { Incoming } from "./incoming";
import type { Answer, Upstream } from "./upstream";

/** A service of our own that the gateway routes to, in place of MiniStack's. */
export interface ServiceEndpoint {
  /** Answers an authorised call. */
  handle(request: RestRequest): Promise<ServiceAnswer>;
  /** A region that is cut off does nothing by itself either: no alarm is evaluated, nothing is copied out of it. */
  suspend(region: string): void;
  resume(region: string): void;
}

/** By the name that calls are signed with: `monitoring` for CloudWatch, `rds`, `eks`. MiniStack must not serve these itself (`local/emulator/services.ts`). */
export type ServiceEndpoints = Readonly<Record<string, ServiceEndpoint>>;

export interface ServiceRequest {
  readonly region: string;
  /** As it came, undecoded, without the query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a REST service reads besides: the other protocols say all in their headers and their bodies. */
export interface RestRequest extends ServiceRequest {
  readonly method: string;
  readonly query: URLSearchParams;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * For the drill's `parts`: what stands behind an authorised call. MiniStack runs without these services, so it verifies the signature and
 * the policy of the unchanged call, and then says that it does not serve it.
 */
export const authorisationNote =
  "the signature and the IAM policy of every call are verified by the emulator on the caller's unchanged request; " +
  "condition keys (cloudwatch:namespace) and resource ARNs only as far as the emulator's evaluator knows them.";

/** MiniStack's refusal, or nothing when the caller may make the call. */
export const authorise = async (upstream: Upstream, incoming: Incoming, body: Buffer, signal: AbortSignal): Promise<Answer | undefined> => {
  const answer = await upstream.exchange(incoming.message, body, signal);
  const passed = answer.status === 400 && answer.body.includes(`"Unsupported service: ${incoming.scope.service}"`);
  return passed ? undefined : answer;
};

export const answerByService = async (
  endpoint: ServiceEndpoint,
  incoming: Incoming,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<Answer> => {
  const { method, target } = incoming.message;
  const query = new URL(target, "http://gateway").searchParams;
  const answer = await endpoint.handle({ region: incoming.scope.region, method, path: incoming.path, query, headers, body });
  return { status: answer.status, rawHeaders: Object.entries(answer.headers).flat(), body: answer.body };
};
