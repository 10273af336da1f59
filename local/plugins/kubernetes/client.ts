import { type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import type { Properties } from "../protocol/resource";
import { isRecord } from "../protocol/values";
import type { Connection } from "./kubeconfig";

/** A dead cluster must show within seconds: the whole answer to one call has to arrive in this time. */
const CALL_TIMEOUT_MS = 10_000;

/** What the API server answered instead of success. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** The cluster did not answer at all. */
export class UnreachableError extends LifeboatError {}

export interface Call {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  readonly body?: Properties;
  readonly contentType?: string;
}

/** HTTP to the API server of one context. */
export class ClusterClient {
  constructor(private readonly connection: Connection) {}

  get context(): string {
    return this.connection.context;
  }

  async json(call: Call): Promise<Properties> {
    const answer: unknown = JSON.parse(await this.text(call));
    return typeof answer === "object" && answer !== null ? { ...answer } : {};
  }

  /** The object, or undefined when there is none. */
  async find(path: string): Promise<Properties | undefined> {
    try {
      return await this.json({ path });
    } catch (thrown) {
      if (thrown instanceof ApiError && thrown.status === 404) return undefined;
      throw thrown;
    }
  }

  async list(path: string, query: { readonly [name: string]: string } = {}): Promise<readonly Properties[]> {
    const { items } = await this.json({ path, query });
    return Array.isArray(items) ? items.filter((item) => isRecord(item)) : [];
  }

  async text(call: Call): Promise<string> {
    const { status, body } = await this.send(call);
    if (status >= 200 && status < 300) return body;
    throw apiErrorOf(status, body, `${call.method ?? "GET"} ${call.path} of context ${this.context}`);
  }

  private async send({
    method = "GET",
    path,
    query = {},
    body,
    contentType = "application/json",
  }: Call): Promise<{ status: number; body: string }> {
    const { server, token, ca, certificate, key, verifies } = this.connection;
    const url = new URL(`${server}${path}?${new URLSearchParams(query)}`);
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const options: RequestOptions = {
      method,
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      headers: {
        accept: "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        // Node sends a DELETE's body without its length unless it is told.
        ...(content === undefined ? {} : { "content-type": contentType, "content-length": content.length }),
      },
    };
    const tls = { ca, cert: certificate, key, rejectUnauthorized: verifies };
    try {
      const response = await new Promise<IncomingMessage>((done, fail) => {
        const request = url.protocol === "https:" ? requestHttps(url, { ...options, ...tls }, done) : requestHttp(url, options, done);
        request.once("error", fail);
        request.end(content);
      });
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") };
    } catch (thrown) {
      throw this.unreachable(thrown);
    }
  }

  private unreachable(thrown: unknown): UnreachableError {
    const { context, server } = this.connection;
    return new UnreachableError({
      code: "store-unavailable",
      what: `The Kubernetes cluster of context ${context} cannot be reached at ${server}`,
      received:
        thrown instanceof Error && thrown.name === "AbortError" ? `no answer within ${CALL_TIMEOUT_MS / 1000} s` : messageOf(thrown),
      hint: "Check that the cluster runs and that the kubeconfig names its present address; for a cluster that is lost for good, set deleteUnreachable on the provider",
      cause: thrown,
    });
  }
}

const apiErrorOf = (status: number, body: string, call: string): ApiError => {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    answer = undefined;
  }
  const { message = body, reason = "" } = typeof answer === "object" && answer !== null ? { ...answer } : {};
  return new ApiError(status, String(reason), `${call}: ${status} ${String(message)}`);
};
