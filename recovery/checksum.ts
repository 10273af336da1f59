import { hash } from "node:crypto";

/** SHA-256 in lower-case hex. */
export const sha256Hex = (data: Uint8Array | string): string => hash("sha256", data);

/** S3's x-amz-checksum-sha256 (base64) of a digest in hex. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export const base64OfHex = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

const LIMBS = 8;
/** So many 32-bit words are summed exactly in a double before their carries have to be taken over. */
const EXACT_ADDITIONS = 2 ** 20;

/**
 * A digest of a set of records in constant memory, whatever their order: the sum of their SHA-256 modulo 2^256, with their count.
 * It compares a copy with its original. Tampering is shown by the parts' own SHA-256, not by this sum.
 */
export class SetDigest {
  /** The sum's 32-bit words, the highest first, with carries that have not been taken over yet. */
  private readonly sum = new Float64Array(LIMBS);
  private records = 0;
  private input = Buffer.allocUnsafeSlow(4096);

  add(...fields: readonly (Uint8Array | string)[]): void {
    const size = this.gather(fields);
    const digest = hash("sha256", this.input.subarray(0, size), "buffer");
    for (let limb = 0; limb < LIMBS; limb += 1) this.sum[limb] = (this.sum[limb] ?? 0) + digest.readUInt32BE(limb * 4);
    this.records += 1;
    if (this.records % EXACT_ADDITIONS === 0) this.carry();
  }

  get count(): number {
    return this.records;
  }

  /** `<count>-<64 hex digits>` */
  hex(): string {
    this.carry();
    return `${this.records}-${Array.from(this.sum, (word) => word.toString(16).padStart(8, "0")).join("")}`;
  }

  /** One buffer, hashed in one call: of records of a kilobyte most of the time went to the calls. Returns how many bytes it holds. */
  private gather(fields: readonly (Uint8Array | string)[]): number {
    let end = 0;
    for (const field of fields) {
      const size = typeof field === "string" ? Buffer.byteLength(field) : field.byteLength;
      // The length stands before each field, so that two fields never read as one.
      const length = `${size}:`;
      this.reserve(end, end + length.length + size);
      end += this.input.write(length, end, "latin1");
      if (typeof field === "string") this.input.write(field, end, "utf8");
      else this.input.set(field, end);
      end += size;
    }
    return end;
  }

  private reserve(filled: number, bytes: number): void {
    if (bytes <= this.input.byteLength) return;
    const larger = Buffer.allocUnsafeSlow(bytes * 2);
    larger.set(this.input.subarray(0, filled));
    this.input = larger;
  }

  private carry(): void {
    let carry = 0;
    for (let limb = LIMBS - 1; limb >= 0; limb -= 1) {
      const word = (this.sum[limb] ?? 0) + carry;
      carry = Math.floor(word / 2 ** 32);
      this.sum[limb] = word % 2 ** 32;
    }
  }
}
