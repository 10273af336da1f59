import { createHash } from "node:crypto";
import { messageOf } from "../../../recovery/errors";
import type { Deadline } from "../../shared/deadline";
import { inflateObject } from "./inflate";
import { ContentFault, type PartStream } from "./part-stream";

export interface PackFacts {
  /** Objects that the header says, all of which inflated to the size that each says of itself. */
  readonly objects: number;
  /** The pack's own checksum over all its bytes, as it stands at its end and as it was computed. */
  readonly checksum: { readonly written: string; readonly computed: string };
}

const TRAILER_BYTES = { sha1: 20, sha256: 32 } as const;
/** Type and size take a byte for four bits, then one for each seven; an offset as many. */
const MOST_HEADER_BYTES = 32;
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;

/**
 * Reads a pack to its end: every object is inflated, one at a time. Deltas are not resolved, so an object's name is not computed: that the bytes are those
 * that were written is the checksum's to say, and that they make the refs was shown by the clone that the export was compared with.
 * https://git-scm.com/docs/gitformat-pack
 */
export const readPack = async (stream: PartStream, algorithm: "sha1" | "sha256", deadline: Deadline): Promise<PackFacts> => {
  const hash = createHash(algorithm);
  stream.listen((taken) => hash.update(taken));
  const header = await exactly(stream, 12, "the pack's header");
  const version = header.readUInt32BE(4);
  if (header.toString("latin1", 0, 4) !== "PACK" || (version !== 2 && version !== 3)) throw new ContentFault("no pack follows its header");
  const objects = header.readUInt32BE(8);
  stream.take(12);
  for (let number = 0; number < objects; number += 1) {
    deadline(() => `${number} of ${objects} objects inflated`);
    await readObject(stream, number, TRAILER_BYTES[algorithm]);
  }
  stream.listen(undefined);
  const trailer = await exactly(stream, TRAILER_BYTES[algorithm], "the pack's checksum");
  if (trailer.byteLength > TRAILER_BYTES[algorithm])
    throw new ContentFault(`${trailer.byteLength - TRAILER_BYTES[algorithm]} bytes follow the pack`);
  return { objects, checksum: { written: trailer.toString("hex"), computed: hash.digest("hex") } };
};

const readObject = async (stream: PartStream, number: number, baseBytes: number): Promise<void> => {
  const shown = await stream.need(MOST_HEADER_BYTES + baseBytes);
  const { type, sizeBytes, headerBytes } = objectHeader(shown);
  let at = headerBytes;
  if (type === OFFSET_DELTA) at = behindVarint(shown, at);
  else if (type === REFERENCE_DELTA) at += baseBytes;
  else if (type < 1 || type > 4) throw new ContentFault(`object ${number + 1} has no known type (${type})`);
  stream.take(at);
  try {
    await inflateObject(stream, sizeBytes);
  } catch (error) {
    throw error instanceof ContentFault ? new ContentFault(`object ${number + 1} of the pack: ${messageOf(error)}`) : error;
  }
};

const objectHeader = (bytes: Buffer) => {
  const first = bytes.at(0) ?? 0;
  let sizeBytes = first & 0x0f;
  let factor = 16;
  let at = 1;
  for (let byte = first; (byte & 0x80) !== 0; at += 1) {
    byte = byteAt(bytes, at);
    sizeBytes += (byte & 0x7f) * factor;
    factor *= 128;
  }
  return { type: (first >> 4) & 7, sizeBytes, headerBytes: at };
};

const behindVarint = (bytes: Buffer, from: number): number => {
  let at = from;
  while ((byteAt(bytes, at) & 0x80) !== 0) at += 1;
  return at + 1;
};

const byteAt = (bytes: Buffer, at: number): number => {
  const byte = at < MOST_HEADER_BYTES ? bytes.at(at) : undefined;
  if (byte === undefined) throw new ContentFault("an object's header does not end");
  return byte;
};

const exactly = async (stream: PartStream, bytes: number, what: string): Promise<Buffer> => {
  const shown = await stream.need(bytes + 1);
  if (shown.byteLength < bytes) throw new ContentFault(`the bundle ends before ${what}`);
  return shown;
};
