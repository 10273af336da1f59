import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import { unzip } from "./unzip";
import { isWireObject, signatureOf, signatures, type WireObject } from "./wire";

/** Reads assets and archives; relative paths count from `base`, the program's folder. */

const unreadable = (received: string, hint: string, cause?: unknown): LifeboatError =>
  new LifeboatError({ code: "configuration", what: "An asset or archive cannot be read", received, hint, cause });

const unsupported = (content: WireObject): LifeboatError =>
  new LifeboatError({
    code: "unsupported",
    what: "This kind of asset or archive is not supported by the embedded plugins",
    received: Object.keys(content).join(", "),
    allowed: "StringAsset, FileAsset, AssetArchive, and FileArchive of a folder or a .zip file",
    hint: "Add it in local/plugins/protocol/content.ts",
  });

async function readAt<T>(base: string, given: string, read: (file: string) => Promise<T>): Promise<T> {
  const file = path.resolve(base, given);
  try {
    return await read(file);
  } catch (cause) {
    if (cause instanceof LifeboatError) throw cause;
    throw unreadable(`${file} (${messageOf(cause)})`, "Check the path in the program; it counts from the folder of Pulumi.yaml", cause);
  }
}

export async function assetBytes(asset: WireObject, base: string): Promise<Uint8Array> {
  if (typeof asset.path === "string" && asset.path !== "") return readAt(base, asset.path, (file) => readFile(file));
  if (typeof asset.uri === "string" && asset.uri !== "") throw unsupported(asset);
  if (typeof asset.text === "string") return Buffer.from(asset.text, "utf8");
  throw unsupported(asset);
}

export async function archiveFiles(archive: WireObject, base: string): Promise<ReadonlyMap<string, Uint8Array>> {
  if (isWireObject(archive.assets)) return assembled(archive.assets, base);
  if (typeof archive.path === "string" && archive.path !== "") return readAt(base, archive.path, filesAt);
  throw unsupported(archive);
}

async function assembled(assets: WireObject, base: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const [name, content] of Object.entries(assets)) {
    if (!isWireObject(content)) throw unreadable(name, "Give an Asset or an Archive for each name of an AssetArchive");
    if (signatureOf(content) === signatures.asset) files.set(name, await assetBytes(content, base));
    else for (const [inner, bytes] of await archiveFiles(content, base)) files.set(path.posix.join(name, inner), bytes);
  }
  return files;
}

async function filesAt(source: string): Promise<ReadonlyMap<string, Uint8Array>> {
  if (!(await stat(source)).isDirectory()) {
    if (!source.endsWith(".zip")) throw unreadable(source, "Give a folder or a .zip file");
    return unzip(await readFile(source));
  }
  const files = new Map<string, Uint8Array>();
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((found) => found.isFile()).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = path.join(entry.parentPath, entry.name);
    files.set(path.relative(source, file).split(path.sep).join("/"), await readFile(file));
  }
  return files;
}

/** The engine's hash of an asset that a handler made itself. */
export const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
