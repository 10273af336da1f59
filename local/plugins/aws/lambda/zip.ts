import { crc32, deflateRawSync } from "node:zlib";

// Field layout: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
const VERSION = 20;
const UTF8_NAMES = 0x0800;
const DEFLATED = 8;
/** 1980-01-01, the format's first day: a real time would change the code's hash at each deployment. */
const DATE = 0x0021;
const MADE_ON_UNIX = (3 << 8) | VERSION;
/** A regular file that everybody may read and execute; Lambda runs as a user that owns nothing. */
const MODE = (0o100755 << 16) >>> 0;
const LARGEST = 0xffffffff;

interface Entry {
  readonly header: Buffer;
  readonly name: Buffer;
  readonly packed: Buffer;
}

/** What the local header and the central directory have in common, 26 bytes from "version needed" to "extra field length". */
const describe = (name: Buffer, content: Uint8Array, packed: Buffer): Buffer => {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(VERSION, 0);
  header.writeUInt16LE(UTF8_NAMES, 2);
  header.writeUInt16LE(DEFLATED, 4);
  header.writeUInt16LE(0, 6);
  header.writeUInt16LE(DATE, 8);
  header.writeUInt32LE(crc32(content), 10);
  header.writeUInt32LE(packed.length, 14);
  header.writeUInt32LE(content.length, 18);
  header.writeUInt16LE(name.length, 22);
  return header;
};

const signature = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

const directoryRecord = ({ header, name }: Entry, offset: number): Buffer => {
  const made = Buffer.alloc(2);
  made.writeUInt16LE(MADE_ON_UNIX);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(MODE, 6);
  tail.writeUInt32LE(offset, 10);
  return Buffer.concat([signature(0x02014b50), made, header, tail, name]);
};

/** A zip of these files. The same files give the same bytes, in whatever order they come and whenever it is made. */
export function zip(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const path of [...files.keys()].sort()) {
    const content = files.get(path) ?? new Uint8Array();
    const name = Buffer.from(path, "utf8");
    const packed = deflateRawSync(content, { level: 6 });
    const entry = { header: describe(name, content, packed), name, packed };
    directory.push(directoryRecord(entry, offset));
    local.push(signature(0x04034b50), entry.header, name, packed);
    offset += 4 + entry.header.length + name.length + packed.length;
  }
  const directoryBytes = Buffer.concat(directory);
  if (files.size > 0xffff || offset + directoryBytes.length > LARGEST)
    throw new RangeError("a zip without ZIP64 holds 65,535 files and 4 GiB");
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.size, 4);
  end.writeUInt16LE(files.size, 6);
  end.writeUInt32LE(directoryBytes.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directoryBytes, signature(0x06054b50), end]);
}
