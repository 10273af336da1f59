import { readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { type BuildOptions, build, version } from "esbuild";
import * as z from "zod";
import { sha256Hex } from "../../recovery/checksum";
import { type BuildInputs, buildInputs, isChangedSince, isUnchanged } from "./buildInputs";

const Digests = z.record(z.string(), z.string());
const BuildRecord = z.object({
  inputs: z.object({ files: Digests, directories: Digests }),
  /** The path of each output, by its name. */
  outputs: Digests,
});
type BuildRecord = z.infer<typeof BuildRecord>;

export interface CachedBuild {
  readonly options: BuildOptions & { readonly absWorkingDir: string };
  /** Of the record and of the outputs. */
  readonly directory: string;
  /** Milliseconds of the system's clock. */
  now(): number;
}

/** File systems keep times in steps of some milliseconds, and a change that was under way may be stamped a little early. */
const SLACK_MS = 1000;

/**
 * Builds with esbuild, or gives what the last build made if everything that it read is byte for byte what it was: options, esbuild's release,
 * modules, settings and the directories in which modules are looked for. Anything else, and a record that cannot be read, is a build.
 * @returns the file of each output, by its name without extension
 */
export const cachedBuild = async ({ options, directory, now }: CachedBuild): Promise<Readonly<Record<string, string>>> => {
  // NODE_PATH is where esbuild looks too. https://esbuild.github.io/api/#node-paths
  const how = sha256Hex(JSON.stringify([version, process.env.NODE_PATH, options]));
  const recordFile = path.join(directory, `build-${how.slice(0, 16)}.json`);
  const kept = readRecord(recordFile);
  if (kept !== undefined && isUnchanged(kept.inputs) && isWhole(kept.outputs)) return kept.outputs;

  const begin = now();
  const { outputFiles, metafile } = await build({ ...options, write: false, metafile: true });
  await mkdir(directory, { recursive: true });
  const outputs: Record<string, string> = {};
  for (const { path: output, contents } of outputFiles) {
    const name = path.basename(output, ".js");
    outputs[name] = await keep(directory, name, contents);
  }
  const inputs = buildInputs(options.absWorkingDir, Object.keys(metafile.inputs));
  // What was changed while esbuild read may have been read before the change and digested after it: the next run builds again.
  if (!isChangedSince(inputs, begin - SLACK_MS)) await writeWhole(recordFile, JSON.stringify({ inputs, outputs } satisfies BuildRecord));
  return outputs;
};

const readRecord = (file: string): { readonly inputs: BuildInputs; readonly outputs: Readonly<Record<string, string>> } | undefined => {
  try {
    return BuildRecord.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
};

/** Every output is there, with the content that it is named by. */
const isWhole = (outputs: Readonly<Record<string, string>>): boolean =>
  Object.entries(outputs).every(([name, file]) => {
    try {
      return path.basename(file) === contentName(name, readFileSync(file));
    } catch {
      return false;
    }
  });

const contentName = (name: string, contents: Uint8Array): string => `${name}-${sha256Hex(contents).slice(0, 16)}.js`;

const keep = async (directory: string, name: string, contents: Uint8Array): Promise<string> => {
  const file = path.join(directory, contentName(name, contents));
  await writeWhole(file, contents);
  return file;
};

/** Moved into place whole: two programs of one checkout may run at once. */
const writeWhole = async (file: string, contents: Uint8Array | string): Promise<void> => {
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, contents);
  await rename(unfinished, file);
};
