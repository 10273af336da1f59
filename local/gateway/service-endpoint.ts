import type { Incoming } from "./incoming";
import type { Answer, Upstream } from "./upstream";

/** What the gateway asks of the CloudWatch that it routes to. */
export interface MetricsEndpoint {
  handle(request: MetricsRequest): Promise<MetricsAnswer>;
  /** A region that is cut off neither evaluates alarms nor notifies. */
  suspend(region: string): void;
  resume(region: string): void;
}

export interface MetricsRequest {
  readonly region: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface MetricsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * For the drill's `parts`: what stands behind an authorised CloudWatch call. MiniStack runs without its own CloudWatch, so it verifies
 * the signature and the policy of the unchanged call, and then says that it does not serve it.
 */
export const metricsAuthorisationNote =
  "CloudWatch calls: the signature and the IAM policy of every call are verified by the emulator on the caller's unchanged request; " +
  "condition keys (cloudwatch:namespace) and alarm ARNs only as far as the emulator's evaluator knows them.";

/** MiniStack's refusal, or nothing when the caller may make the call. */
export const authoriseMetrics = async (
  upstream: Upstream,
  incoming: Incoming,
  body: Buffer,
  signal: AbortSignal,
): Promise<Answer | undefined> => {
  const answer = await upstream.exchange(incoming.message, body, signal);
  return answer.status === 400 && answer.body.includes('"Unsupported service: monitoring"') ? undefined : answer;
};

export const answerMetrics = async (
  endpoint: MetricsEndpoint,
  incoming: Incoming,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<Answer> => {
  const answer = await endpoint.handle({ region: incoming.scope.region, path: incoming.path, headers, body });
  return { status: answer.status, rawHeaders: Object.entries(answer.headers).flat(), body: answer.body };
};
