import type { ArchiveHeader } from "./header";
import { type ByteSource, broken } from "./source";

/** One entry of the table of contents: what a restore carries out. Its statements are read and not kept. */
export interface ArchiveEntry {
  readonly dumpId: number;
  /** Of the object, in its database's catalogues. */
  readonly oid: number;
  /** `TABLE`, `TABLE DATA`, `BLOBS`, `EXTENSION` ... */
  readonly kind: string;
  readonly name: string;
  readonly schema: string;
  /** Whether a data block of it follows. */
  readonly hasData: boolean;
}

const MAX_ENTRIES = 10_000_000;
/** A flag before an entry's offset says whether it is known; 3: there is no data. */
const NO_DATA = 3;

/** Reads the whole table of contents. https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_archiver.c (ReadToc) */
export const readEntries = async (source: ByteSource, header: ArchiveHeader): Promise<readonly ArchiveEntry[]> => {
  const count = await source.nextNumber();
  if (count < 0 || count > MAX_ENTRIES) throw broken(`its table of contents has ${count} entries`);
  const entries: ArchiveEntry[] = [];
  for (let index = 0; index < count; index += 1) entries.push(await readEntry(source, header));
  return entries;
};

const readEntry = async (source: ByteSource, { minor, offsetSize }: ArchiveHeader): Promise<ArchiveEntry> => {
  const dumpId = await source.nextNumber();
  if (dumpId <= 0) throw broken(`an entry has the number ${dumpId}`);
  await source.nextNumber(); // whether it had data when it was begun
  await source.text(); // the catalogue that the object is in
  const oid = Number(await source.text());
  const name = (await source.text()) ?? "";
  const kind = (await source.text()) ?? "";
  await source.nextNumber(); // its section
  for (let statement = 0; statement < 3; statement += 1) await source.text(); // how it is made, dropped and copied
  const schema = (await source.text()) ?? "";
  await source.text(); // tablespace
  await source.text(); // table access method
  if (minor >= 16) await source.nextNumber(); // kind of relation
  await source.text(); // owner
  await source.text(); // WITH OIDS
  while ((await source.text()) !== undefined); // what it depends on
  await source.fill(1 + offsetSize);
  const hasData = source.byte() !== NO_DATA;
  source.take(offsetSize);
  return { dumpId, oid, kind, name, schema, hasData };
};
