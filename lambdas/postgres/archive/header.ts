import { type ByteSource, broken } from "./source";

/** What the archive says of itself. */
export interface ArchiveHeader {
  /** 14, 15 or 16: the format is 1.14 and so on. */
  readonly minor: number;
  readonly offsetSize: number;
  readonly database: string;
  readonly serverVersion: string;
  readonly clientVersion: string;
}

const MAGIC = "PGDMP";
const CUSTOM = 1;
/** Formats of PostgreSQL 12 to 18; the reader must know where each field stands. */
const KNOWN_MINORS = [14, 15, 16];
/** Seconds, minutes, hours, day, month, year, daylight saving: when it was begun, by the client's clock. */
const TIME_FIELDS = 7;

/** Reads what stands first. https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_archiver.c (ReadHead) */
export const readHeader = async (source: ByteSource): Promise<ArchiveHeader> => {
  await source.fill(MAGIC.length + 6);
  const magic = source.take(MAGIC.length).toString("latin1");
  if (magic !== MAGIC) throw broken(`it begins with ${JSON.stringify(magic)}, not with ${MAGIC}`);
  const [major, minor] = [source.byte(), source.byte(), source.byte()] as const;
  if (major !== 1 || !KNOWN_MINORS.includes(minor)) throw broken(`its format is ${major}.${minor}`);
  source.intSize = source.byte();
  const offsetSize = source.byte();
  if (![4, 8].includes(source.intSize) || ![4, 8].includes(offsetSize))
    throw broken(`its numbers have ${source.intSize} bytes, its offsets ${offsetSize}`);
  const format = source.byte();
  if (format !== CUSTOM) throw broken(`its format is number ${format}, and the custom one is ${CUSTOM}`);
  const compression = minor >= 15 ? await nextByte(source) : await source.nextNumber();
  if (compression !== 0) throw broken("its data is compressed by pg_dump itself");
  for (let field = 0; field < TIME_FIELDS; field += 1) await source.nextNumber();
  const [database, serverVersion, clientVersion] = [await source.text(), await source.text(), await source.text()];
  return { minor, offsetSize, database: database ?? "", serverVersion: serverVersion ?? "", clientVersion: clientVersion ?? "" };
};

const nextByte = async (source: ByteSource): Promise<number> => {
  await source.fill(1);
  return source.byte();
};
