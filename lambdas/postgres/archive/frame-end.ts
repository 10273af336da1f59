import { broken } from "./source";

const MAGIC = 0xfd2fb528;
const RUN_OF_ONE_BYTE = 1;
const RESERVED = 3;
const CHECKSUM_BYTES = 4;

/**
 * Where the zstd frame ends that begins at a byte, by the sizes that its blocks say of themselves; undefined when it goes on behind these bytes.
 * https://datatracker.ietf.org/doc/html/rfc8878#section-3.1.1 @throws LifeboatError `point-refused` where no frame begins
 */
export const frameEnd = (bytes: Uint8Array, at: number): number | undefined => {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset + at, bytes.byteLength - at);
  if (frame.length < 5) return undefined;
  if (frame.readUInt32LE(0) !== MAGIC) throw broken(`no zstd frame begins at byte ${at} of a part`);
  const descriptor = frame.readUInt8(4);
  let end = 5 + headerBytes(descriptor);
  for (let isLast = false; !isLast; ) {
    if (end + 3 > frame.length) return undefined;
    const block = frame.readUIntLE(end, 3);
    const kind = (block >> 1) & 3;
    if (kind === RESERVED) throw broken(`a zstd block of no known kind stands at byte ${at + end} of a part`);
    end += 3 + (kind === RUN_OF_ONE_BYTE ? 1 : block >> 3);
    isLast = (block & 1) === 1;
  }
  if ((descriptor & 4) !== 0) end += CHECKSUM_BYTES;
  return end <= frame.length ? at + end : undefined;
};

/** Of the window, the dictionary's number and the content's size. */
const headerBytes = (descriptor: number): number => {
  const isOneSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [isOneSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isOneSegment ? 0 : 1) + dictionary + contentSize;
};
