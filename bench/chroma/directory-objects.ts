import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ObjectStore } from "../../lambdas/shared/objects";
import { sha256Hex } from "../../recovery/checksum";

const absent = (): never => {
  throw new Error("a bench's bucket is only written and read");
};

/** A bucket as a directory: what an export needs of S3, with the digest that S3 is sent, and without its network. */
export const directoryObjects = (directory: string): ObjectStore => ({
  bucket: "bench",
  put: async (key, body, { sha256 }) => {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const file = join(directory, key);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    return { written: true, versionId: "1", sha256: sha256 ?? sha256Hex(bytes) };
  },
  get: async (key) => {
    const bytes = await readFile(join(directory, key)).catch(() => undefined);
    return bytes && { key, versionId: "1", sizeBytes: bytes.byteLength, lastModified: new Date(0), sha256: sha256Hex(bytes), bytes };
  },
  head: absent,
  list: absent,
  versions: absent,
  lock: absent,
});
