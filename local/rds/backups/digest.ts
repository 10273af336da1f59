import { createHash, webcrypto } from "node:crypto";

/** Zeros are told from data in blocks of this size. */
export const BLOCK_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

export interface Digest {
  readonly sizeBytes: number;
  readonly usedBytes: number;
  readonly sha256: string;
}

/** How much of it is not zeros at the end, in whole blocks; comparing is a hundred times faster than hashing. */
export const usedBytesOf = (content: Buffer): number => {
  let used = content.length;
  while (used > 0) {
    const from = Math.floor((used - 1) / BLOCK_BYTES) * BLOCK_BYTES;
    if (content.compare(ZEROS, 0, used - from, from, used) !== 0) return used;
    used = from;
  }
  return 0;
};

/** On a thread of the pool, so that several go on at once and the event loop goes on too. */
export const digestOf = async (content: Buffer): Promise<Digest> => {
  const usedBytes = usedBytesOf(content);
  const used = new Uint8Array(content.buffer, content.byteOffset, usedBytes);
  const sha256 = Buffer.from(await webcrypto.subtle.digest("SHA-256", used as Uint8Array<ArrayBuffer>)).toString("hex");
  return { sizeBytes: content.length, usedBytes, sha256 };
};

/** At once, for a process that does nothing else: a third faster than on a thread of the pool, which copies first. */
export const digestNow = (content: Buffer): Digest => {
  const usedBytes = usedBytesOf(content);
  const sha256 = createHash("sha256").update(content.subarray(0, usedBytes)).digest("hex");
  return { sizeBytes: content.length, usedBytes, sha256 };
};
