import type { IncomingMessage } from "node:http";
import type { TokenReview } from "../identity";
import { discover } from "./discovery";
import { StatusError } from "./status";

export interface AccessOptions {
  /** The kubeconfig's: whoever shows it may do everything. */
  readonly token: string;
  readonly visitors: TokenReview;
}

const shownBy = (request: IncomingMessage): string | undefined => /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];

/** Whether a request shows another token than the kubeconfig's, good or not: it is no deployment's. */
export const isOfVisitor = ({ token }: Pick<AccessOptions, "token">, request: IncomingMessage): boolean => {
  const shown = shownBy(request);
  return shown !== undefined && shown !== token;
};

const NAMESPACE = /^\/apis?\/(?:[^/]+\/)?[^/]+\/namespaces\/([^/]+)/;

/**
 * Lets in the kubeconfig's owner, and visitors to look at what they may see. There are no Roles and bindings: who is let in sees every kind, or none.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles: what is served is told to everybody who is let in.
 */
export const authorize = async ({ token, visitors }: AccessOptions, request: IncomingMessage, path: string): Promise<void> => {
  const shown = shownBy(request);
  if (shown === token) return;
  const visitor = shown === undefined ? undefined : await visitors(shown);
  if (visitor === undefined) throw new StatusError(401, "Unauthorized", "Unauthorized");
  if (request.method === "GET" && discover(path) !== undefined) return;
  const [, namespace] = NAMESPACE.exec(path) ?? [];
  if (request.method === "GET" && visitor.sees(namespace === undefined ? undefined : decodeURIComponent(namespace))) return;
  throw new StatusError(403, "Forbidden", `User "${visitor.name}" cannot ${request.method ?? "GET"} ${path}`);
};
