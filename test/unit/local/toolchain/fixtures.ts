import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const temporaryRoot = (): string => mkdtempSync(join(tmpdir(), "lifeboat-tools-"));

/** A directory with one command in it, as a PATH. */
export const pathWith = (root: string, name: string, script: string): string => {
  const directory = mkdtempSync(join(root, "bin-"));
  writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return directory;
};

export const emptyCache = (root: string): string => mkdtempSync(join(root, "cache-"));
