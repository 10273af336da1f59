/** Bytes of a block: a state can be kept only where one ends. */
export const BLOCK_BYTES = 64;

const WORDS = 8;

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of the first 8. */
const primes = (() => {
  const found: number[] = [];
  for (let candidate = 2; found.length < BLOCK_BYTES; candidate += 1)
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  return found;
})();
const fractionBits = (value: number): number => Math.floor((value - Math.floor(value)) * 2 ** 32) | 0;
const ROUNDS = Int32Array.from(primes, (prime) => fractionBits(Math.cbrt(prime)));
const INITIAL = Int32Array.from(primes.slice(0, WORDS), (prime) => fractionBits(Math.sqrt(prime)));

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/**
 * SHA-256 whose state can be kept and gone on with in another process, which Node's own cannot. It is some times slower, so it is for what one process
 * cannot read to its end. https://csrc.nist.gov/pubs/fips/180-4/upd1/final
 */
export class ResumableSha256 {
  private readonly state: Int32Array;
  private readonly schedule = new Int32Array(BLOCK_BYTES);

  /** @param kept of `keep`, base64; absent at the beginning */
  constructor(kept?: string) {
    this.state = INITIAL.slice();
    if (kept === undefined) return;
    const bytes = Buffer.from(kept, "base64");
    for (let index = 0; index < WORDS; index += 1) this.state[index] = bytes.readInt32BE(index * 4);
  }

  /** @param blocks of a multiple of `BLOCK_BYTES` */
  update(blocks: Uint8Array): void {
    const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
    for (let offset = 0; offset + BLOCK_BYTES <= blocks.byteLength; offset += BLOCK_BYTES) this.compress(view, offset);
  }

  keep(): string {
    const bytes = Buffer.alloc(WORDS * 4);
    for (const [index, word] of this.state.entries()) bytes.writeInt32BE(word, index * 4);
    return bytes.toString("base64");
  }

  /** Base64. @param rest what is left behind the last whole block @param sizeBytes of all that was hashed, the rest included */
  digest(rest: Uint8Array, sizeBytes: number): string {
    const padded = Buffer.alloc(Math.ceil((rest.byteLength + 9) / BLOCK_BYTES) * BLOCK_BYTES);
    padded.set(rest);
    padded[rest.byteLength] = 0x80;
    padded.writeBigUInt64BE(BigInt(sizeBytes) * 8n, padded.byteLength - 8);
    this.update(padded);
    return this.keep();
  }

  private compress(view: DataView, offset: number): void {
    const { schedule, state } = this;
    for (let index = 0; index < 16; index += 1) schedule[index] = view.getInt32(offset + index * 4);
    for (let index = 16; index < BLOCK_BYTES; index += 1) {
      const a = schedule[index - 15] ?? 0;
      const b = schedule[index - 2] ?? 0;
      const small = rotated(a, 7) ^ rotated(a, 18) ^ (a >>> 3);
      const large = rotated(b, 17) ^ rotated(b, 19) ^ (b >>> 10);
      schedule[index] = ((schedule[index - 16] ?? 0) + small + (schedule[index - 7] ?? 0) + large) | 0;
    }
    let a = state[0] ?? 0;
    let b = state[1] ?? 0;
    let c = state[2] ?? 0;
    let d = state[3] ?? 0;
    let e = state[4] ?? 0;
    let f = state[5] ?? 0;
    let g = state[6] ?? 0;
    let h = state[7] ?? 0;
    for (let index = 0; index < BLOCK_BYTES; index += 1) {
      const large = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      const first = (h + large + ((e & f) ^ (~e & g)) + (ROUNDS[index] ?? 0) + (schedule[index] ?? 0)) | 0;
      const second = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    state[0] = (state[0] ?? 0) + a;
    state[1] = (state[1] ?? 0) + b;
    state[2] = (state[2] ?? 0) + c;
    state[3] = (state[3] ?? 0) + d;
    state[4] = (state[4] ?? 0) + e;
    state[5] = (state[5] ?? 0) + f;
    state[6] = (state[6] ?? 0) + g;
    state[7] = (state[7] ?? 0) + h;
  }
}
