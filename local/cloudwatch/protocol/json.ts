import { CloudWatchError } from "../errors";

export const decodeJson = (body: Buffer): unknown => {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString("utf8"));
  } catch {
    throw new CloudWatchError("SerializationException", "The body is not JSON");
  }
};

/** Timestamps are seconds since 1970: https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
const onTheWire = (value: unknown): unknown => {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(onTheWire);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, onTheWire(each)]));
  }
  return value;
};

export const encodeJson = (output: object): Buffer => Buffer.from(JSON.stringify(onTheWire(output)));
