import { createHash } from "node:crypto";

/** SHA-256 in lower-case hex. */
export const sha256Hex = (data: Uint8Array | string): string => createHash("sha256").update(data).digest("hex");

/** S3's x-amz-checksum-sha256 (base64) of a digest in hex. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export const base64OfHex = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

const MODULUS = 1n << 256n;

/**
 * A digest of a set of records in constant memory, whatever their order: the sum of their SHA-256 modulo 2^256, with their count.
 * It compares a copy with its original. Tampering is shown by the parts' own SHA-256, not by this sum.
 */
export class SetDigest {
  private sum = 0n;
  private records = 0;

  add(...fields: readonly (Uint8Array | string)[]): void {
    const hash = createHash("sha256");
    for (const field of fields) {
      // The length stands before each field, so that two fields never read as one.
      if (typeof field === "string") hash.update(`${Buffer.byteLength(field)}:${field}`);
      else hash.update(`${field.byteLength}:`).update(field);
    }
    this.sum = (this.sum + BigInt(`0x${hash.digest("hex")}`)) % MODULUS;
    this.records += 1;
  }

  get count(): number {
    return this.records;
  }

  /** `<count>-<64 hex digits>` */
  hex(): string {
    return `${this.records}-${this.sum.toString(16).padStart(64, "0")}`;
  }
}
