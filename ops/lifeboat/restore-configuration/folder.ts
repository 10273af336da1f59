import { existsSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { LifeboatError } from "../../../recovery/errors";
import type { Folder } from "./ports";

/** A folder of this machine. What holds a state or a repository is for its owner's eyes only. */
export const folderAt = (root: string): Folder => ({
  async write(name, parts) {
    const file = resolve(root, name);
    const below = relative(resolve(root), file);
    if (below === "" || below.startsWith("..")) throw outside(name);
    if (existsSync(file)) return undefined;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const unfinished = `${file}.unfinished`;
    try {
      const handle = await open(unfinished, "w", 0o600);
      try {
        for await (const part of parts) await handle.write(part);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, file);
      return file;
    } finally {
      await rm(unfinished, { force: true });
    }
  },
});

const outside = (name: string): LifeboatError =>
  new LifeboatError({
    code: "point-refused",
    what: "A file of the point would leave the folder",
    received: name,
    allowed: "names below the folder",
    hint: "Look at who wrote this point",
  });
