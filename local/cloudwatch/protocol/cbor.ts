import { Decoder, Encoder, Tag } from "cbor-x";
import { CloudWatchError } from "../errors";

const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });
const encoder = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });

export const decodeCbor = (body: Buffer): unknown => {
  try {
    return body.length === 0 ? {} : decoder.decode(body);
  } catch {
    throw new CloudWatchError("SerializationException", "The body is not CBOR");
  }
};

/** Timestamps carry tag 1, seconds since 1970, and absent members are left out: https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
const onTheWire = (value: unknown): unknown => {
  if (value instanceof Date) return new Tag(value.getTime() / 1000, 1);
  if (Array.isArray(value)) return value.map(onTheWire);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    return Object.fromEntries(entries.map(([name, each]) => [name, onTheWire(each)]));
  }
  return value;
};

export const encodeCbor = (output: object): Buffer => encoder.encode(onTheWire(output));
