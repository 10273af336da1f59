import { type Metadata as GrpcMetadata, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { LifeboatError } from "../../../recovery/errors";
import type { Made } from "./lifecycle";
import { type Opened, seal } from "./wire";

/** A service's answer without an error's name (a redirect, a proxy's page) says at least its HTTP status. */
const httpStatusOf = (thrown: Error): string => {
  const metadata: unknown = "$metadata" in thrown ? thrown.$metadata : undefined;
  const code: unknown =
    typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata ? metadata.httpStatusCode : undefined;
  return code === undefined ? "" : ` (HTTP ${code})`;
};

/** What the engine prints: our own errors as they are; a service's with its code, which the operator looks up. */
export function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown instanceof LifeboatError) return thrown.message;
  if (thrown.message === "" || thrown.message === thrown.name || thrown.message === "UnknownError")
    return `${thrown.name}${httpStatusOf(thrown)}`;
  return thrown.name === "Error" || thrown.message.startsWith(thrown.name) ? thrown.message : `${thrown.name}: ${thrown.message}`;
}

export const failure = (code: status, message: string, metadata: GrpcMetadata = new Metadata()): ServiceError =>
  Object.assign(new Error(message), { code, details: message, metadata });

/** The resource exists, unfinished: the engine keeps it in the state and updates it in the next run. https://github.com/pulumi/pulumi/blob/master/proto/pulumi/errors.proto, provider.proto */
export function initializationFailure(resource: Made, inputs: Opened, reason: string): ServiceError {
  const detail = new ErrorResourceInitFailed();
  detail.setId(resource.id);
  detail.setProperties(seal(resource.outputs.values, resource.outputs.secrets));
  detail.setInputs(seal(inputs.values, inputs.secrets));
  detail.setReasonsList([reason]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const trailer = new Status();
  trailer.setCode(status.UNKNOWN);
  trailer.setMessage(reason);
  trailer.setDetailsList([any]);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(trailer.serializeBinary()));
  return failure(status.UNKNOWN, reason, metadata);
}
