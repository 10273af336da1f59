import { randomBytes } from "node:crypto";
import { link, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
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

/**
 * A command that becomes `node <script>`: the process that the Pulumi CLI starts stays its direct child. What V8 made of its code is kept beside the
 * script, by the code's content, and so is that of a program that it starts. https://nodejs.org/api/cli.html#node_compile_cachedir
 */
export const writeLauncher = (file: string, node: string, script: string): Promise<void> => {
  const variables = `${PARENT_VARIABLE}=$PPID NODE_COMPILE_CACHE=${quoted(join(dirname(script), "compiled"))}`;
  return writeWhole(file, `#!/bin/sh\n${variables} exec ${quoted(node)} --enable-source-maps ${quoted(script)} "$@"\n`, 0o755);
};

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
