import { chownSync, closeSync, ftruncateSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { type Digest, digestNow } from "./digest";

/** What the process is told, as JSON on its standard input. */
export interface SegmentsToRead {
  readonly segments: readonly { readonly file: string; readonly archived: Digest }[];
  /** Each segment that is what was archived is copied there at once, under its own name when it is whole; then a file `DONE`. */
  readonly copies?: { readonly directory: string; readonly uid?: number; readonly gid?: number };
}

/** What it answers, as JSON on its standard output: the first segment that is not what was archived. */
export interface ReadSegments {
  readonly fault?: { readonly file: string; readonly found?: Digest; readonly error?: string };
}

export const DONE = "done";

/** A process of its own reads through archived WAL: hashing stops neither this one's event loop nor a recovery that goes on beside it. */
export const readSegments = ({ segments, copies }: SegmentsToRead): ReadSegments => {
  for (const { file, archived } of segments) {
    try {
      const content = readFileSync(file);
      const found = digestNow(content);
      if (found.sha256 !== archived.sha256 || found.sizeBytes !== archived.sizeBytes || found.usedBytes !== archived.usedBytes) {
        return { fault: { file, found } };
      }
      if (copies !== undefined) copy(join(copies.directory, basename(file)), content.subarray(0, found.usedBytes), found.sizeBytes, copies);
    } catch (thrown) {
      return { fault: { file, error: thrown instanceof Error ? thrown.message : String(thrown) } };
    }
  }
  if (copies !== undefined) writeFileSync(join(copies.directory, DONE), "");
  return {};
};

const copy = (to: string, used: Buffer, sizeBytes: number, { uid, gid }: { readonly uid?: number; readonly gid?: number }): void => {
  const partial = `${to}.partial`;
  const file = openSync(partial, "wx", 0o600);
  try {
    for (let at = 0; at < used.length; ) at += writeSync(file, used, at);
    ftruncateSync(file, sizeBytes);
  } finally {
    closeSync(file);
  }
  if (uid !== undefined && gid !== undefined) chownSync(partial, uid, gid);
  renameSync(partial, to);
};
