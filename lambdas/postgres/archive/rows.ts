import { broken } from "./source";

const NEWLINE = 0x0a;
/** What ends a table's data: a line of its own, and two empty ones. Every row before it is one line, because COPY escapes what would break it. */
const END = Buffer.from("\\.\n\n\n");
const END_LINES = 3;

/** Counts the rows of a table's data, in the text format of COPY, piece by piece. https://www.postgresql.org/docs/current/sql-copy.html */
export class RowCounter {
  private lines = 0;
  /** The last bytes: the end, and the byte before it. Where no byte was before it, a line began all the same. */
  private readonly tail = Buffer.alloc(1 + END.length, NEWLINE);

  add(piece: Buffer): void {
    for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, at + 1)) this.lines += 1;
    const kept = Math.max(0, this.tail.length - piece.length);
    if (kept > 0) this.tail.copyWithin(0, this.tail.length - kept);
    piece.copy(this.tail, kept, Math.max(0, piece.length - this.tail.length));
  }

  /** The rows. @throws LifeboatError `point-refused` when the data does not end as COPY's does */
  result(): number {
    if (this.tail[0] !== NEWLINE || !this.tail.subarray(1).equals(END)) throw broken("a table's data does not end as COPY's does");
    return this.lines - END_LINES;
  }
}
