import { apiVersionOf, KINDS, type Kind, NAMESPACE } from "./kinds";
import { StatusError } from "./status";

/** What a URL names: a collection, or one object, or a part of it. */
export interface Route {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** `/api/v1/namespaces/<ns>/pods/<name>/log`, `/apis/apps/v1/namespaces/<ns>/statefulsets`. */
export const parsePath = (pathname: string): Route => {
  const parts = pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);
  const grouped = parts[0] === "apis";
  const apiVersion = grouped ? `${parts[1]}/${parts[2]}` : parts[1];
  const rest = parts.slice(grouped ? 3 : 2);
  if (apiVersion === undefined || !(grouped || parts[0] === "api")) throw unknownPath(pathname);
  const kindOf = (plural: string | undefined): Kind | undefined =>
    KINDS.find((kind) => kind.plural === plural && apiVersionOf(kind) === apiVersion);

  const inNamespace = rest[0] === "namespaces" ? kindOf(rest[2]) : undefined;
  if (inNamespace?.namespaced) return { kind: inNamespace, namespace: rest[1], name: rest[3], subresource: rest[4] };
  const kind = kindOf(rest[0]);
  if (kind === undefined || (kind !== NAMESPACE && rest.length > 1)) throw unknownPath(pathname);
  return { kind, namespace: undefined, name: rest[1], subresource: rest[2] };
};

const unknownPath = (pathname: string): StatusError =>
  new StatusError(
    404,
    "NotFound",
    `the server could not find the requested resource (${pathname}); the local pod runner serves ${KINDS.map((kind) => kind.plural).join(", ")}`,
  );
