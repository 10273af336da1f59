import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import * as path from "node:path";
import { sha256Hex } from "../../recovery/checksum";

/** Digests of what a build read, by path: of each file its bytes, of each directory the names in it. */
export interface BuildInputs {
  readonly files: Readonly<Record<string, string>>;
  readonly directories: Readonly<Record<string, string>>;
}

/** They change how a file is found or read, and esbuild's metafile does not list them. */
const SETTINGS = ["package.json", "tsconfig.json"];

/**
 * What esbuild read or looked at for the modules of a metafile: the modules; in every directory above them, up to `root`, the settings; and those
 * directories' names, because a new file may take a module's place (`x.ts` that of `x/index.ts`, a nearer `node_modules` that of a farther one).
 */
export const buildInputs = (root: string, modules: readonly string[]): BuildInputs => {
  const files = new Set(modules.map((module) => path.resolve(root, module)));
  const directories = new Set<string>();
  for (const file of [...files]) {
    for (const directory of directoriesAbove(path.dirname(file), root)) {
      if (directories.has(directory)) break;
      directories.add(directory);
    }
  }
  for (const directory of directories)
    for (const name of SETTINGS) if (existsSync(path.join(directory, name))) files.add(path.join(directory, name));
  return {
    files: Object.fromEntries([...files].map((file) => [file, fileDigest(file)])),
    directories: Object.fromEntries([...directories].map((directory) => [directory, directoryDigest(directory)])),
  };
};

/** Whether everything that was read is what it was. */
export const isUnchanged = ({ files, directories }: BuildInputs): boolean =>
  Object.entries(files).every(([file, digest]) => fileDigest(file) === digest) &&
  Object.entries(directories).every(([directory, digest]) => directoryDigest(directory) === digest);

/**
 * Whether anything was changed at or after a time, in milliseconds. A change's time is the system's own: unlike the time of modification, no
 * program sets it. https://man7.org/linux/man-pages/man7/inode.7.html
 */
export const isChangedSince = ({ files, directories }: BuildInputs, time: number): boolean =>
  [...Object.keys(files), ...Object.keys(directories)].some((each) => {
    const found = lstatSync(each, { throwIfNoEntry: false });
    return found !== undefined && found.ctimeMs >= time;
  });

function* directoriesAbove(first: string, root: string): Generator<string> {
  for (let directory = first; ; directory = path.dirname(directory)) {
    yield directory;
    if (directory === root || directory === path.dirname(directory)) return;
  }
}

const ABSENT = "absent";

const fileDigest = (file: string): string => {
  try {
    return sha256Hex(readFileSync(file));
  } catch {
    return ABSENT;
  }
};

const directoryDigest = (directory: string): string => {
  try {
    const entries = readdirSync(directory, { withFileTypes: true }).map((entry) =>
      entry.isSymbolicLink() ? `${entry.name} -> ${readlinkSync(path.join(directory, entry.name))}` : entry.name,
    );
    return sha256Hex(entries.sort().join("\n"));
  } catch {
    return ABSENT;
  }
};
