import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { parse as parseYaml } from "yaml";
import type { TokenReview } from "../identity";
import { authorize, isOfVisitor } from "./access";
import type { Propagation } from "./deletion";
import { discover } from "./discovery";
import { POD } from "./kinds";
import type { Lists } from "./lists";
import { isObject, type JsonObject, type KubeObject } from "./object";
import type { Operations, PatchType } from "./operations";
import { parsePath, type Route } from "./paths";
import { badRequest, methodNotAllowed, StatusError } from "./status";
import type { Store } from "./store";
import { type History, streamChanges } from "./watch";

export interface ApiOptions {
  readonly token: string;
  readonly visitors: TokenReview;
  readonly store: Store;
  readonly history: History;
  readonly lists: Lists;
  readonly operations: Operations;
  /** The output of a pod's container: all of it, or its last lines. */
  readonly logOf: (namespace: string, pod: string, container: string | null, tailLines: number | undefined) => string;
  /** @param ofVisitor whether it shows a token that is not the kubeconfig's */
  readonly onRequest: (ofVisitor: boolean) => void;
}

interface Answer {
  readonly code: number;
  readonly body: JsonObject | string;
}

/** The HTTP face of the cluster: https://kubernetes.io/docs/reference/using-api/api-concepts/ */
export const createApiServer = (options: ApiOptions): Server =>
  createServer((request, response) => {
    options.onRequest(isOfVisitor(options, request));
    answer(options, request, response).then(
      (result) => result !== undefined && send(response, result),
      (thrown) => send(response, failureOf(thrown)),
    );
  });

const send = (response: ServerResponse, { code, body }: Answer): void => {
  const text = typeof body === "string";
  response.writeHead(code, { "content-type": text ? "text/plain" : "application/json" });
  response.end(text ? body : JSON.stringify(body));
};

const failureOf = (thrown: unknown): Answer => {
  const error =
    thrown instanceof StatusError
      ? thrown
      : new StatusError(500, "InternalError", thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  return { code: error.code, body: error.toJson() };
};

const answer = async (options: ApiOptions, request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> => {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  if (/^\/(healthz|livez|readyz)$/.test(url.pathname)) return { code: 200, body: "ok" };
  await authorize(options, request, url.pathname);
  const discovery = discover(url.pathname);
  if (discovery !== undefined) return { code: 200, body: discovery };
  const route = parsePath(url.pathname);
  const query = url.searchParams;
  if (query.has("dryRun")) throw badRequest("dryRun is not implemented by the local pod runner");
  const method = request.method ?? "GET";
  if (method === "GET" && route.name === undefined && ["true", "1"].includes(query.get("watch") ?? "")) {
    streamChanges(options.store, options.history, route, query, response);
    return undefined;
  }
  return method === "GET" ? read(options, route, query) : write(options, request, method, route, query);
};

const read = ({ store, lists, logOf }: ApiOptions, { kind, namespace, name, subresource }: Route, query: URLSearchParams): Answer => {
  if (name === undefined) return { code: 200, body: lists.page(kind, namespace, query) };
  const object = store.get(kind, namespace, name);
  if (subresource === undefined || subresource === "status") return { code: 200, body: object };
  if (kind !== POD || subresource !== "log") throw methodNotAllowed(`subresource ${subresource} is not served`);
  const tail = query.get("tailLines");
  return { code: 200, body: logOf(namespace ?? "", name, query.get("container"), tail === null ? undefined : Number(tail)) };
};

const write = async (
  options: ApiOptions,
  request: IncomingMessage,
  method: string,
  route: Route,
  query: URLSearchParams,
): Promise<Answer> => {
  const { kind, namespace, name, subresource } = route;
  const { operations } = options;
  if (subresource !== undefined) throw methodNotAllowed(`subresource ${subresource} cannot be written`);
  if (kind.readOnly && method !== "DELETE") throw methodNotAllowed(`${kind.plural} are made by the cluster`);
  const body = await bodyOf(request);
  if (name === undefined) {
    if (method === "POST") return { code: 201, body: operations.create(kind, kind.namespaced ? namespace : undefined, body) };
    throw methodNotAllowed(`${method} of a collection is not served; delete its objects one by one`);
  }
  const target = { kind, namespace, name };
  if (method === "PUT") return { code: 200, body: operations.replace(target, body) };
  if (method === "DELETE") return deleted(route, operations.delete(target, deleteOptions(body, query)));
  if (method !== "PATCH") throw methodNotAllowed(`the server does not allow ${method} on ${kind.plural}`);
  const type = patchType(request.headers["content-type"]);
  if (type !== "apply") return { code: 200, body: operations.patch(target, body, type) };
  const { object, created } = operations.apply(target, body, query.get("fieldManager"));
  return { code: created ? 201 : 200, body: object };
};

const deleted = ({ kind, name }: Route, ending: KubeObject | undefined): Answer => ({
  code: 200,
  body: ending ?? {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: { name, group: kind.group, kind: kind.plural },
  },
});

const deleteOptions = (body: JsonObject, query: URLSearchParams) => {
  const grace = body.gracePeriodSeconds ?? query.get("gracePeriodSeconds") ?? undefined;
  return {
    propagation: propagationOf(body.propagationPolicy ?? query.get("propagationPolicy")),
    gracePeriodSeconds: grace === undefined ? undefined : Number(grace),
    uid: isObject(body.preconditions) && typeof body.preconditions.uid === "string" ? body.preconditions.uid : undefined,
  };
};

const propagationOf = (policy: unknown): Propagation => {
  if (policy === undefined || policy === null) return "Background";
  if (policy === "Background" || policy === "Foreground" || policy === "Orphan") return policy;
  throw badRequest(`propagationPolicy: Unsupported value: "${String(policy)}": supported values: "Foreground", "Background", "Orphan"`);
};

const PATCH_TYPES: { readonly [contentType: string]: PatchType } = {
  "application/merge-patch+json": "merge",
  "application/strategic-merge-patch+json": "strategic",
  "application/apply-patch+yaml": "apply",
};

const patchType = (header: string | undefined): PatchType => {
  const contentType = (header ?? "").split(";")[0]?.trim() ?? "";
  const type = PATCH_TYPES[contentType];
  if (type === undefined)
    throw new StatusError(
      415,
      "UnsupportedMediaType",
      `the body of the request was in an unknown format (${contentType}) - accepted media types include: ${Object.keys(PATCH_TYPES).join(", ")}`,
    );
  return type;
};

const bodyOf = async (request: IncomingMessage): Promise<JsonObject> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  if (text.trim() === "") return {};
  let parsed: unknown;
  try {
    parsed = parseYaml(text); // JSON is YAML
  } catch (thrown) {
    throw badRequest(`the body is neither JSON nor YAML: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  if (!isObject(parsed)) throw badRequest("the body must be one object");
  return parsed;
};
