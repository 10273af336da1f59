import { type ArchiveData, readData } from "./data";
import { type ArchiveHeader, readHeader } from "./header";
import { ByteSource } from "./source";
import { type ArchiveEntry, readEntries } from "./toc";

/** All that an archive holds, counted; nothing of the data itself is kept. */
export interface Archive extends ArchiveData {
  readonly header: ArchiveHeader;
  readonly entries: readonly ArchiveEntry[];
  readonly sizeBytes: number;
}

/**
 * Reads an archive in pg_dump's custom format from its first byte to its last: so it is known, without PostgreSQL's programs, that all of it is there and
 * how many rows each table has. Memory is that of the table of contents without its statements, and of a chunk.
 * @throws LifeboatError `point-refused` where it is not what pg_dump writes; whatever the chunks throw
 */
export const readArchive = async (chunks: AsyncIterable<Uint8Array>): Promise<Archive> => {
  const source = new ByteSource(chunks);
  const header = await readHeader(source);
  const entries = await readEntries(source, header);
  const data = await readData(source);
  return { header, entries, ...data, sizeBytes: source.position };
};
