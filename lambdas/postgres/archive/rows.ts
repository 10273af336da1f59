import * as z from "zod";
import { broken } from "./source";

const NEWLINE = 0x0a;
/** What ends a table's data: a line of its own, and two empty ones. Every row before it is one line, because COPY escapes what would break it. */
const END = Buffer.from("\\.\n\n\n");
const END_LINES = 3;

export const RowCounterState = z.object({ lines: z.int().nonnegative(), tail: z.base64() });
export type RowCounterState = z.infer<typeof RowCounterState>;

/** Counts the rows of a table's data, in the text format of COPY, piece by piece. https://www.postgresql.org/docs/current/sql-copy.html */
export class RowCounter {
  private lines: number;
  /** The last bytes: the end, and the byte before it. Where no byte was before it, a line began all the same. */
  private readonly tail = Buffer.alloc(1 + END.length, NEWLINE);

  constructor(from?: RowCounterState) {
    this.lines = from?.lines ?? 0;
    if (from !== undefined) Buffer.from(from.tail, "base64").copy(this.tail);
  }

  /** Adds the bytes from one place to another: a view of each row would cost more than to count it. */
  add(bytes: Buffer, from: number, to: number): void {
    for (let at = bytes.indexOf(NEWLINE, from); at !== -1 && at < to; at = bytes.indexOf(NEWLINE, at + 1)) {
      this.lines += 1;
      if (at === to - 1) break;
    }
    const kept = Math.max(0, this.tail.length - (to - from));
    if (kept > 0) this.tail.copyWithin(0, this.tail.length - kept);
    bytes.copy(this.tail, kept, Math.max(from, to - this.tail.length), to);
  }

  state(): RowCounterState {
    return { lines: this.lines, tail: this.tail.toString("base64") };
  }

  /** The rows. @throws LifeboatError `point-refused` when the data does not end as COPY's does */
  result(): number {
    if (this.tail[0] !== NEWLINE || !this.tail.subarray(1).equals(END)) throw broken("a table's data does not end as COPY's does");
    return this.lines - END_LINES;
  }
}
