import { inflateRawSync } from "node:zlib";
import { LifeboatError } from "../../../recovery/errors";

/** Layout and signatures: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3.7, 4.3.12, 4.3.16) */
const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endSizeBytes = 22;
const longestCommentBytes = 0xffff;

const damaged = (why: string): LifeboatError =>
  new LifeboatError({ code: "configuration", what: "A zip archive cannot be read", received: why, hint: "Build the archive again" });

/** The regular files of a zip archive by path. */
export function unzip(archive: Buffer): ReadonlyMap<string, Uint8Array> {
  const end = endRecord(archive);
  const files = new Map<string, Uint8Array>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== entrySignature) throw damaged(`no directory entry at byte ${at}`);
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    if (!name.endsWith("/")) files.set(name, content(archive, at, name));
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

function endRecord(archive: Buffer): number {
  const first = Math.max(0, archive.length - endSizeBytes - longestCommentBytes);
  for (let at = archive.length - endSizeBytes; at >= first; at -= 1) if (archive.readUInt32LE(at) === endSignature) return at;
  throw damaged("no end of central directory");
}

function content(archive: Buffer, entry: number, name: string): Uint8Array {
  const method = archive.readUInt16LE(entry + 10);
  const compressedBytes = archive.readUInt32LE(entry + 20);
  const sizeBytes = archive.readUInt32LE(entry + 24);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const stored = archive.subarray(start, start + compressedBytes);
  if (method !== 0 && method !== 8) throw damaged(`${name}: compression method ${method}`);
  const bytes = method === 0 ? stored : inflateRawSync(stored);
  if (bytes.length !== sizeBytes) throw damaged(`${name}: ${bytes.length} bytes instead of ${sizeBytes}`);
  return bytes;
}
