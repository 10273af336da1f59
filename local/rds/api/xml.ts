import { XMLBuilder } from "fast-xml-parser";
import type { RdsError } from "./errors";
import type { ServiceModel, Shape } from "./model";

const builder = new XMLBuilder({ ignoreAttributes: false });

/** @throws Error when the output has a member, or a value of a type, that the service model does not know: a client would drop it or fail. */
export const encodeOutput = (model: ServiceModel, operation: string, output: object, requestId: string): Buffer => {
  const described = model.operation(operation)?.output;
  const result = described && { [described.resultWrapper]: write({ model, path: operation }, output, described.shape) };
  if (described === undefined && Object.keys(output).length > 0) throw new Error(`${operation} has no output`);
  return Buffer.from(
    builder.build({
      [`${operation}Response`]: { "@_xmlns": model.namespace, ...result, ResponseMetadata: { RequestId: requestId } },
    }),
  );
};

export const encodeError = (model: ServiceModel, error: RdsError, requestId: string): Buffer => {
  const Type = model.statusOf(error.code) >= 500 ? "Receiver" : "Sender";
  return Buffer.from(
    builder.build({
      ErrorResponse: { "@_xmlns": model.namespace, Error: { Type, Code: error.code, Message: error.message }, RequestId: requestId },
    }),
  );
};

interface Place {
  readonly model: ServiceModel;
  readonly path: string;
}

const write = (place: Place, value: unknown, name: string): unknown => {
  const shape = place.model.shape(name);
  if (shape.type === "structure") return writeStructure(place, value, shape);
  if (shape.type === "list") return writeList(place, value, shape);
  return writeScalar(place, value, shape);
};

const mistyped = ({ path }: Place, value: unknown, { type }: Shape): Error =>
  new Error(`${path} is ${JSON.stringify(value)}, but a ${type} in the service model`);

const writeStructure = (place: Place, value: unknown, shape: Shape): unknown => {
  if (typeof value !== "object" || value === null) throw mistyped(place, value, shape);
  const written: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const path = `${place.path}.${name}`;
    const described = shape.members?.[name];
    if (described === undefined) throw new Error(`${path} is not in the service model`);
    written[described.locationName ?? name] = write({ ...place, path }, member, described.shape);
  }
  return written;
};

const writeList = (place: Place, value: unknown, shape: Shape): unknown => {
  const element = shape.member;
  if (!Array.isArray(value) || element === undefined) throw mistyped(place, value, shape);
  if (value.length === 0) return "";
  const items = value.map((each, index) => write({ ...place, path: `${place.path}.${index}` }, each, element.shape));
  return { [element.locationName ?? "member"]: items };
};

const writeScalar = (place: Place, value: unknown, shape: Shape): unknown => {
  if (shape.type === "timestamp" && value instanceof Date) return value.toISOString();
  if (shape.type === "boolean" && typeof value === "boolean") return value;
  if ((shape.type === "integer" || shape.type === "long") && Number.isInteger(value)) return value;
  if (shape.type === "string" && typeof value === "string" && (shape.enum?.includes(value) ?? true)) return value;
  throw mistyped(place, value, shape);
};
