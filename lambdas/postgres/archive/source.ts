import { LifeboatError } from "../../../recovery/errors";

/** Where a frame begins: a part of the archive, by its number, and how many of the part's bytes stand before it. */
export interface FrameAt {
  readonly part: number;
  readonly offset: number;
}

/** An archive in frames, each of which can be read without those before it. */
export interface ArchiveFrames {
  /** Where the frame begins that is read next. */
  readonly at: FrameAt;
  /** Whether none is left. */
  readonly ended: boolean;
  /** The content of the next frame. */
  frame(): AsyncIterable<Uint8Array>;
}

/**
 * The bytes of an archive in their order, up to the end of its table of contents. Memory is bounded by a chunk and by what is asked for at once.
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

  /** A number that is there. */
  number(): number {
    const value = numberAt(this.bytes, this.at, this.intSize);
    this.at += this.numberBytes;
    return value;
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

/** A number: its sign, then its bytes, the lowest first. https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_archiver.c (ReadInt) */
export const numberAt = (bytes: Buffer, at: number, intSize: number): number => {
  let value = 0;
  // A table's data has a number for each row, of 4 bytes wherever PostgreSQL runs.
  if (intSize === 4) value = bytes.readUInt32LE(at + 1);
  else for (let index = 0, weight = 1; index < intSize; index += 1, weight *= 256) value += (bytes[at + 1 + index] ?? 0) * weight;
  return bytes[at] === 0 ? value : -value;
};

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
