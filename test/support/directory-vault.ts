import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { ObjectFacts, ObjectLock, ObjectStore } from "../../lambdas/shared/objects";
import { directoryObjects } from "./directory-objects";

/** A vault as a directory: one version of each key, and its lock in a file beside it. Nothing of it is in memory. */
export const directoryVault = (directory: string): ObjectStore => {
  const objects = directoryObjects(directory);
  const lockFile = (key: string): string => join(directory, `${key}.lock`);
  const lockOf = async (key: string): Promise<ObjectLock | undefined> => {
    if (!existsSync(lockFile(key))) return undefined;
    const { mode, until }: { mode: ObjectLock["mode"]; until: string } = JSON.parse(await readFile(lockFile(key), "utf8"));
    return { mode, until: new Date(until) };
  };
  const lock: ObjectStore["lock"] = (key, _versionId, wanted) => writeFile(lockFile(key), JSON.stringify(wanted));

  const keysUnder = async (prefix: string): Promise<string[]> => {
    const found = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile() && !/\.(claim|lock)$/.test(entry.name));
    const keys = files.map((entry) => relative(directory, join(entry.parentPath, entry.name)));
    return keys.filter((key) => key.startsWith(prefix)).sort();
  };
  async function* list(prefix: string, startAfter = "") {
    for (const key of await keysUnder(prefix)) {
      if (key <= startAfter) continue;
      yield [{ key, sizeBytes: (await stat(join(directory, key))).size, lastModified: new Date(0) }];
    }
  }
  async function* versions(prefix: string, startAfter?: string) {
    for await (const page of list(prefix, startAfter))
      yield page.map((one) => ({ ...one, versionId: "1", isLatest: true, isDeleteMarker: false }));
  }

  return {
    bucket: objects.bucket,
    ...{ list, lock, versions },
    put: async (key, body, options) => {
      const result = await objects.put(key, body, options);
      if (result.written && options.lock !== undefined) await lock(key, result.versionId, options.lock);
      return result;
    },
    get: async (key) => {
      const found = await objects.get(key);
      return found && { ...found, lock: await lockOf(key) };
    },
    head: async (key): Promise<ObjectFacts | undefined> => {
      const found = await objects.get(key);
      if (found === undefined) return undefined;
      const { bytes: _bytes, ...facts } = found;
      return { ...facts, lock: await lockOf(key) };
    },
  };
};
