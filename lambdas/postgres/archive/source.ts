import { LifeboatError } from "../../../recovery/errors";

/**
 * The bytes of an archive in their order. Its numbers can be taken without waiting once `fill` has seen to it that they are there, because a table's data
 * has one for each row. Memory is bounded by a chunk and by what is asked for at once.
 */
export class ByteSource {
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private taken = 0;
  private readonly chunks: AsyncIterator<Uint8Array>;
  /** Bytes of a number without its sign, as the archive's header says. */
  intSize = 4;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  get available(): number {
    return this.bytes.length - this.at;
  }

  /** How many bytes were taken so far. */
  get position(): number {
    return this.taken + this.at;
  }

  /** Bytes of a number as the archive writes it: its sign, then its size. */
  get numberBytes(): number {
    return 1 + this.intSize;
  }

  /** Waits until so many bytes are there. @throws LifeboatError `point-refused` when the archive ends before */
  async fill(count: number): Promise<void> {
    while (this.available < count) if (!(await this.more())) throw broken(`it ends after ${this.position + this.available} bytes`);
  }

  /** Whether nothing follows. */
  async ended(): Promise<boolean> {
    while (this.available === 0) if (!(await this.more())) return true;
    return false;
  }

  private async more(): Promise<boolean> {
    const { done, value } = await this.chunks.next();
    if (done === true) return false;
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.taken += this.at;
    this.bytes = this.available === 0 ? chunk : Buffer.concat([this.bytes.subarray(this.at), chunk]);
    this.at = 0;
    return true;
  }

  /** A byte that is there. */
  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw new Error("fill comes first");
    this.at += 1;
    return value;
  }

  /** A number that is there: its sign, then its bytes, the lowest first. https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_archiver.c (ReadInt) */
  number(): number {
    const negative = this.byte() !== 0;
    let value = 0;
    for (let index = 0, weight = 1; index < this.intSize; index += 1, weight *= 256) value += this.byte() * weight;
    return negative ? -value : value;
  }

  async nextNumber(): Promise<number> {
    await this.fill(this.numberBytes);
    return this.number();
  }

  /** At most so many bytes of what is there; they are valid until the next call. */
  take(atMost: number): Buffer {
    const piece = this.bytes.subarray(this.at, this.at + atMost);
    this.at += piece.length;
    return piece;
  }

  /** A text with its length before it; undefined for none. */
  async text(): Promise<string | undefined> {
    const length = await this.nextNumber();
    if (length < 0) return undefined;
    if (length > MAX_TEXT_BYTES) throw broken(`a text of ${length} bytes stands at byte ${this.position}`);
    await this.fill(length);
    return this.take(length).toString("utf8");
  }
}

/** PostgreSQL takes no statement longer than 1 GB; longer than this, it is no text. https://www.postgresql.org/docs/current/limits.html */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;

/** The archive is not what pg_dump writes. */
export const broken = (what: string): LifeboatError =>
  new LifeboatError({
    code: "point-refused",
    what: `The archive cannot be read: ${what}`,
    allowed: "an archive in pg_dump's custom format, as PostgreSQL 12 to 18 write it without compression of their own",
    hint: "Restore from another recovery point",
  });
