import * as z from "zod";
import { type Block, BlockState, beginBlock, continueBlock } from "./block";
import { broken, numberAt } from "./source";

/** What follows the table of contents, by the entry's `dumpId`. */
export interface ArchiveData {
  /** Rows of a table. */
  readonly rows: ReadonlyMap<number, number>;
  /** Large objects of an entry of them. */
  readonly largeObjects: ReadonlyMap<number, number>;
}

const Counts = z.array(z.tuple([z.int(), z.int().nonnegative()]));

/** A place between two bytes of the data, and what was counted before it. */
export const WalkState = z.object({
  position: z.int().nonnegative(),
  /** Bytes of a number that goes on behind the place. */
  carried: z.base64(),
  /** Bytes of content that are still to come. */
  left: z.int().nonnegative(),
  block: BlockState.optional(),
  rows: Counts,
  largeObjects: Counts,
});
export type WalkState = z.infer<typeof WalkState>;

const NOTHING = Buffer.alloc(0);

/**
 * Walks the data blocks of an archive, given in whatever chunks. Where it stands behind a chunk is a small value that another run can go on from: the
 * counts of the blocks before, and of the one it is in. https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_custom.c
 */
export class DataWalk {
  private readonly counts: Readonly<Record<Block["kind"], Map<number, number>>>;
  private position: number;
  private carried: Buffer;
  private left: number;
  private block: Block | undefined;

  /** @param intSize bytes of a number without its sign; @param from where an earlier walk stood, or how many bytes the table of contents has */
  constructor(
    private readonly intSize: number,
    from: WalkState | number,
  ) {
    const { position, carried, left, block, rows, largeObjects }: WalkState =
      typeof from === "number" ? { position: from, carried: "", left: 0, rows: [], largeObjects: [] } : from;
    this.position = position;
    this.carried = Buffer.from(carried, "base64");
    this.left = left;
    this.block = block === undefined ? undefined : continueBlock(block);
    this.counts = { rows: new Map(rows), largeObjects: new Map(largeObjects) };
  }

  push(chunk: Uint8Array): void {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = this.carried.length === 0 ? fresh : Buffer.concat([this.carried, fresh]);
    let at = 0;
    while (at < bytes.length) {
      const used = this.left > 0 ? this.content(bytes, at) : this.number(bytes, at);
      if (used === 0) break;
      at += used;
      this.position += used;
    }
    this.carried = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at));
  }

  /** Counts of the whole. @throws LifeboatError `point-refused` when the archive ends before its data does */
  result(): ArchiveData {
    if (this.block !== undefined || this.carried.length > 0) throw broken(`it ends after ${this.position + this.carried.length} bytes`);
    return this.counts;
  }

  get sizeBytes(): number {
    return this.position;
  }

  state(): WalkState {
    return {
      ...{ position: this.position, carried: this.carried.toString("base64"), left: this.left },
      ...(this.block === undefined ? {} : { block: this.block.state() }),
      ...{ rows: [...this.counts.rows], largeObjects: [...this.counts.largeObjects] },
    };
  }

  private content(bytes: Buffer, at: number): number {
    const length = Math.min(this.left, bytes.length - at);
    this.block?.content(bytes, at, at + length);
    this.left -= length;
    return length;
  }

  /** Takes the number that stands here, and the byte before it where a block begins; 0 when it goes on in the next chunk. */
  private number(bytes: Buffer, at: number): number {
    const before = this.block === undefined ? 1 : 0;
    const size = before + 1 + this.intSize;
    if (bytes.length - at < size) return 0;
    const value = numberAt(bytes, at + before, this.intSize);
    if (this.block === undefined) this.begin(bytes[at], value);
    else this.proceed(this.block, value);
    return size;
  }

  private begin(kind: number | undefined, dumpId: number): void {
    if (this.counts.rows.has(dumpId) || this.counts.largeObjects.has(dumpId)) throw broken(`data of entry ${dumpId} stands in it twice`);
    this.block = beginBlock(kind, dumpId);
    if (this.block === undefined) throw broken(`data of kind ${kind} stands at byte ${this.position}`);
  }

  private proceed(block: Block, value: number): void {
    const length = block.number(value);
    if (length === undefined) {
      this.counts[block.kind].set(block.dumpId, block.result());
      this.block = undefined;
    } else if (length < 0) throw broken(`a chunk of ${length} bytes stands at byte ${this.position}`);
    else this.left = length;
  }
}
