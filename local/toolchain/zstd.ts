import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findOnPath } from "../process";
import { bundleEntry } from "./bundle";
import { writeLauncher } from "./files";

export interface ZstdOptions {
  /** Where a command of ours is put. */
  readonly binDir: string;
  readonly node: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The `zstd` command: the machine's, or ours, which does what scripts ask of it and knows that it does no more. */
export const ensureZstd = async ({ binDir, node, environment }: ZstdOptions): Promise<string> => {
  const found = findOnPath("zstd", environment.PATH ?? "");
  if (found !== undefined) return found;
  // Not in the directory that is on everybody's PATH: a program that looks for zstd there should not find half of one.
  const directory = join(binDir, "images");
  await mkdir(directory, { recursive: true });
  const command = join(directory, "zstd");
  await writeLauncher(command, node, await bundleEntry("zstd", join(__dirname, "zstd", "main.ts")));
  return command;
};
