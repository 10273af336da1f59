import * as z from "zod";
import { RowCounter, RowCounterState } from "./rows";
import { broken } from "./source";

const TABLE_DATA = 1;
const LARGE_OBJECTS = 3;
const UNSIGNED_32_BITS = 2 ** 32;

const Count = z.int().nonnegative();
export const BlockState = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("rows"), dumpId: z.int(), counter: RowCounterState }),
  z.object({ kind: z.literal("largeObjects"), dumpId: z.int(), count: Count, last: Count, inside: z.boolean() }),
]);
export type BlockState = z.infer<typeof BlockState>;

/** The data of one entry, as it is walked: numbers, and after some of them so many bytes of content. */
export interface Block {
  readonly kind: BlockState["kind"];
  readonly dumpId: number;
  /** Takes the next number. Returns how many bytes of content follow it; undefined when the block ends with it. */
  number(value: number): number | undefined;
  /** Takes the content from one place of the bytes to another. */
  content(bytes: Buffer, from: number, to: number): void;
  /** What it held: rows, or large objects. */
  result(): number;
  state(): BlockState;
}

/** A table's rows: a run of chunks with their lengths before them, ended by a length of 0. pg_dump writes one for each row. */
class RowsBlock implements Block {
  readonly kind = "rows";
  private readonly counter: RowCounter;

  constructor(
    readonly dumpId: number,
    from?: RowCounterState,
  ) {
    this.counter = new RowCounter(from);
  }

  number(length: number): number | undefined {
    return length === 0 ? undefined : length;
  }

  content(bytes: Buffer, from: number, to: number): void {
    this.counter.add(bytes, from, to);
  }

  result(): number {
    return this.counter.result();
  }

  state(): BlockState {
    return { kind: this.kind, dumpId: this.dumpId, counter: this.counter.state() };
  }
}

/** Large objects: each its number, then chunks as a table's; a number of 0 ends them. */
class LargeObjectsBlock implements Block {
  readonly kind = "largeObjects";

  constructor(
    readonly dumpId: number,
    private count = 0,
    private last = 0,
    private inside = false,
  ) {}

  number(value: number): number | undefined {
    if (this.inside) {
      this.inside = value !== 0;
      return value;
    }
    if (value === 0) return undefined;
    // From 2^31 on it is written as a negative number.
    const oid = value < 0 ? value + UNSIGNED_32_BITS : value;
    // pg_dump writes those of an entry in ascending order, so that each is counted once without a list of them.
    if (oid <= this.last) throw broken(`large object ${oid} stands behind ${this.last}`);
    this.last = oid;
    this.count += 1;
    this.inside = true;
    return 0;
  }

  content(): void {}

  result(): number {
    return this.count;
  }

  state(): BlockState {
    const { kind, dumpId, count, last, inside } = this;
    return { kind, dumpId, count, last, inside };
  }
}

/** The block that a byte announces; undefined when it announces none. */
export const beginBlock = (kind: number | undefined, dumpId: number): Block | undefined => {
  if (kind === TABLE_DATA) return new RowsBlock(dumpId);
  return kind === LARGE_OBJECTS ? new LargeObjectsBlock(dumpId) : undefined;
};

export const continueBlock = (from: BlockState): Block =>
  from.kind === "rows" ? new RowsBlock(from.dumpId, from.counter) : new LargeObjectsBlock(from.dumpId, from.count, from.last, from.inside);
