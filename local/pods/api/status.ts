import { type Kind, resourceName } from "./kinds";
import type { JsonObject } from "./object";

/** An answer other than success, as a Kubernetes Status: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export class StatusError extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    readonly details?: JsonObject,
  ) {
    super(message);
    this.name = "StatusError";
  }

  toJson(): JsonObject {
    const { code, reason, message, details } = this;
    return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, details, code };
  }
}

const detailsOf = (kind: Kind, name: string): JsonObject => ({ name, group: kind.group || undefined, kind: kind.plural });

export const notFound = (kind: Kind, name: string): StatusError =>
  new StatusError(404, "NotFound", `${resourceName(kind)} "${name}" not found`, detailsOf(kind, name));

export const alreadyExists = (kind: Kind, name: string): StatusError =>
  new StatusError(409, "AlreadyExists", `${resourceName(kind)} "${name}" already exists`, detailsOf(kind, name));

export const conflict = (kind: Kind, name: string, why: string): StatusError =>
  new StatusError(409, "Conflict", `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`, detailsOf(kind, name));

export interface Cause {
  readonly field: string;
  readonly message: string;
}

export const invalid = (kind: Kind, name: string, causes: readonly Cause[]): StatusError => {
  const qualified = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  const list = causes.map((cause) => `${cause.field}: ${cause.message}`).join("; ");
  return new StatusError(422, "Invalid", `${qualified} "${name}" is invalid: ${list}`, {
    ...detailsOf(kind, name),
    causes: causes.map((cause) => ({ reason: "FieldValueInvalid", message: cause.message, field: cause.field })),
  });
};

export const badRequest = (message: string): StatusError => new StatusError(400, "BadRequest", message);

export const methodNotAllowed = (message: string): StatusError => new StatusError(405, "MethodNotAllowed", message);
