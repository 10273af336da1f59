import { randomBytes } from "node:crypto";
import { link, rename, rm, symlink, writeFile } from "node:fs/promises";
import { PARENT_VARIABLE } from "../orphans";

const beside = (file: string): string => `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;

/** Replaces a file at once: whoever reads it meanwhile, another run included, sees the old one or the new one. */
export const writeWhole = async (file: string, content: string | Uint8Array, mode: number): Promise<void> => {
  const partial = beside(file);
  await writeFile(partial, content, { mode });
  await rename(partial, file);
};

/** The same file under a second name: a hard link, or a symbolic one across file systems. */
export const linkFile = async (existing: string, file: string): Promise<void> => {
  const partial = beside(file);
  await link(existing, partial).catch(() => symlink(existing, partial));
  await rename(partial, file);
  // Renaming one name of a file to another name of the same file does nothing: https://man7.org/linux/man-pages/man2/rename.2.html
  await rm(partial, { force: true });
};

/** A command that becomes `node <script>`: the process that the Pulumi CLI starts stays its direct child. */
export const writeLauncher = (file: string, node: string, script: string): Promise<void> =>
  writeWhole(file, `#!/bin/sh\n${PARENT_VARIABLE}=$PPID exec ${quoted(node)} --enable-source-maps ${quoted(script)} "$@"\n`, 0o755);

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
