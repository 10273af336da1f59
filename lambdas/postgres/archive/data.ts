import { RowCounter } from "./rows";
import { type ByteSource, broken } from "./source";

const TABLE_DATA = 1;
const LARGE_OBJECTS = 3;
const UNSIGNED_32_BITS = 2 ** 32;

/** What follows the table of contents, by the entry's `dumpId`. */
export interface ArchiveData {
  /** Rows of a table. */
  readonly rows: ReadonlyMap<number, number>;
  /** Large objects of an entry of them. */
  readonly largeObjects: ReadonlyMap<number, readonly number[]>;
}

/** Walks every data block to the archive's end. https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_custom.c */
export const readData = async (source: ByteSource): Promise<ArchiveData> => {
  const rows = new Map<number, number>();
  const largeObjects = new Map<number, readonly number[]>();
  while (!(await source.ended())) {
    await source.fill(1 + source.numberBytes);
    const kind = source.byte();
    const dumpId = source.number();
    if (rows.has(dumpId) || largeObjects.has(dumpId)) throw broken(`data of entry ${dumpId} stands in it twice`);
    if (kind === TABLE_DATA) rows.set(dumpId, await countRows(source));
    else if (kind === LARGE_OBJECTS) largeObjects.set(dumpId, await readLargeObjects(source));
    else throw broken(`data of kind ${kind} stands at byte ${source.position}`);
  }
  return { rows, largeObjects };
};

const countRows = async (source: ByteSource): Promise<number> => {
  const counter = new RowCounter();
  await walk(source, (piece) => counter.add(piece));
  return counter.result();
};

const readLargeObjects = async (source: ByteSource): Promise<readonly number[]> => {
  const oids: number[] = [];
  for (let oid = await source.nextNumber(); oid !== 0; oid = await source.nextNumber()) {
    // An oid from 2^31 on is written as a negative number.
    oids.push(oid < 0 ? oid + UNSIGNED_32_BITS : oid);
    await walk(source, () => {});
  }
  return oids;
};

/** A run of chunks with their lengths before them, ended by a length of 0. pg_dump writes one for each row: it waits only where a chunk of the source ends. */
const walk = async (source: ByteSource, each: (piece: Buffer) => void): Promise<void> => {
  for (;;) {
    if (source.available < source.numberBytes) await source.fill(source.numberBytes);
    let left = source.number();
    if (left === 0) return;
    if (left < 0) throw broken(`a chunk of ${left} bytes stands at byte ${source.position}`);
    while (left > 0) {
      if (source.available === 0) await source.fill(1);
      const piece = source.take(left);
      each(piece);
      left -= piece.length;
    }
  }
};
