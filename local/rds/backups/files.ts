import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Account, own } from "../postgres/account";
import type { Tools } from "../postgres/tools";
import { BLOCK_BYTES } from "./digest";

const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** Writes a new file with holes for its blocks of zeros, and has it on the disk. */
export const writeSparse = async (path: string, content: Buffer, account: Account): Promise<void> => {
  const file = await open(path, "wx", 0o600);
  try {
    await writeBlocks(file, content);
    await file.truncate(content.length);
    await file.sync();
  } finally {
    await file.close();
  }
  await own(path, account);
};

const writeBlocks = async (file: FileHandle, content: Buffer): Promise<void> => {
  let from = 0;
  const flush = async (until: number): Promise<void> => {
    if (until > from) await file.write(content, from, until - from, from);
  };
  for (let at = 0; at < content.length; at += BLOCK_BYTES) {
    const end = Math.min(at + BLOCK_BYTES, content.length);
    if (content.compare(ZEROS, 0, end - at, at, end) !== 0) continue;
    await flush(at);
    from = end;
  }
  await flush(content.length);
};

/** A rename is on the disk when its directory is. */
export const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};

export const sha256OfFile = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
};

export const MANIFEST = "backup_manifest";

/** Copies a base backup into an existing, empty directory. */
export const copyBackup = async (tools: Tools, from: string, to: string): Promise<void> => {
  const names = (await readdir(from)).filter((name) => name !== MANIFEST).map((name) => join(from, name));
  await tools.system("copy a base backup", "cp", ["-Rp", ...names, to]);
  await tools.system("copy a base backup's manifest", "cp", ["-p", join(from, MANIFEST), to]);
};

/** The file system of the path, where the system can be asked that; else all of them. */
export const syncTree = async (tools: Tools, path: string): Promise<void> => {
  await tools.system("write to the disk", "sync", process.platform === "linux" ? ["-f", path] : []);
};

/** What it takes on the disk, bytes. */
export const diskUsageBytes = async (tools: Tools, directory: string): Promise<number> => {
  const said = await tools.system("measure a backup", "du", ["-sk", directory]);
  return Number(/^\d+/.exec(said)?.[0] ?? 0) * 1024;
};
