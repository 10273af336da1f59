import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ObjectStore } from "../../lambdas/shared/objects";
import { sha256Hex } from "../../recovery/checksum";

const unused = (): never => {
  throw new Error("this bucket is only written and read");
};

const isExisting = (error: unknown): boolean => typeof error === "object" && error !== null && "code" in error && error.code === "EEXIST";

/** A bucket as a directory, which outlives a process that is killed. An object is there as a whole or not at all. */
export const directoryObjects = (directory: string): ObjectStore => {
  let written = 0;
  return {
    bucket: "directory",
    async put(key, body, { ifAbsent }) {
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      const file = join(directory, key);
      const result = { written: true, versionId: "1", sha256: sha256Hex(bytes) } as const;
      await mkdir(dirname(file), { recursive: true });
      if (ifAbsent === true) {
        try {
          // Claims the name; what is found under it without content is an object that a killed process had not written.
          await writeFile(`${file}.claim`, "", { flag: "wx" });
        } catch (error) {
          if (!isExisting(error)) throw error;
          if ((await readFile(file).catch(() => undefined)) !== undefined) return { written: false };
        }
      }
      written += 1;
      const temporary = `${file}.${process.pid}.${written}`;
      await writeFile(temporary, bytes);
      await rename(temporary, file);
      return result;
    },
    async get(key) {
      const bytes = await readFile(join(directory, key)).catch(() => undefined);
      return bytes && { key, versionId: "1", sizeBytes: bytes.byteLength, lastModified: new Date(0), sha256: sha256Hex(bytes), bytes };
    },
    head: unused,
    list: unused,
    versions: unused,
    lock: unused,
  };
};
