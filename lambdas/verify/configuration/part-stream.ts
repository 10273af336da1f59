import type { PartReader } from "../reader";

/** The bytes of several parts as one run, read forward once. Holds what is left of one part and the next one. */
export class PartStream {
  private buffered: Buffer = Buffer.alloc(0);
  private next = 0;
  private listener: ((taken: Uint8Array) => void) | undefined;

  constructor(
    private readonly keys: readonly string[],
    private readonly read: PartReader,
  ) {}

  /** Shows what comes next: at least so many bytes where there are so many. Throws `ContentFault` for a part that is not as it was sealed. */
  async need(bytes: number): Promise<Buffer> {
    while (this.buffered.byteLength < bytes && this.next < this.keys.length) {
      const key = this.keys[this.next] ?? "";
      this.next += 1;
      const part = await this.read(key);
      if (part === undefined) throw new ContentFault(`${key} is not there as it was sealed`);
      this.buffered =
        this.buffered.byteLength === 0 ? Buffer.from(part.buffer, part.byteOffset, part.byteLength) : Buffer.concat([this.buffered, part]);
    }
    return this.buffered;
  }

  /** Goes on behind so many of the bytes that were shown. */
  take(bytes: number): void {
    this.listener?.(this.buffered.subarray(0, bytes));
    this.buffered = this.buffered.subarray(bytes);
  }

  /** Is told of all bytes that are taken from now on. */
  listen(listener: ((taken: Uint8Array) => void) | undefined): void {
    this.listener = listener;
  }
}

/** A definite finding: these bytes are not what they should be, and no repetition will change it. */
export class ContentFault extends Error {}
