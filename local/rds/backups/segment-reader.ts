import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Digest, digestNow } from "./digest";

/** What the process is told, as JSON on its standard input. */
export interface SegmentsToRead {
  readonly segments: readonly { readonly file: string; readonly archived: Digest }[];
  /** A directory that gets a link to each segment that is what was archived, at once, and then a file `DONE`. */
  readonly linksIn?: string;
}

/** What it answers, as JSON on its standard output: the first segment that is not what was archived. */
export interface ReadSegments {
  readonly fault?: { readonly file: string; readonly found?: Digest; readonly error?: string };
}

export const DONE = "done";

/** A process of its own reads through archived WAL: hashing stops neither this one's event loop nor a recovery that goes on beside it. */
export const readSegments = ({ segments, linksIn }: SegmentsToRead): ReadSegments => {
  for (const { file, archived } of segments) {
    try {
      const content = readFileSync(file);
      const found = digestNow(content);
      if (found.sha256 !== archived.sha256 || found.sizeBytes !== archived.sizeBytes || found.usedBytes !== archived.usedBytes) {
        return { fault: { file, found } };
      }
      if (linksIn !== undefined) symlinkSync(file, join(linksIn, basename(file)));
    } catch (thrown) {
      return { fault: { file, error: thrown instanceof Error ? thrown.message : String(thrown) } };
    }
  }
  if (linksIn !== undefined) writeFileSync(join(linksIn, DONE), "");
  return {};
};
