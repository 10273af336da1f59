import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentProgress } from "../local/progress";
import { defaultCacheRoot } from "../local/toolchain/cache";
import { ensurePostgres } from "../local/toolchain/postgres";
import { ensureVirtualEnvironment } from "../local/toolchain/python";
import type { Sizes } from "./options";
import type { Report } from "./report";

/** What a bench works with; everything is below one directory that is removed at the end. */
export interface Bed {
  /** Of PostgreSQL's programs. */
  readonly binDirectory: string;
  /** Of the virtual environment with the Chroma server. */
  readonly venvBin: string;
  /** Where tools are kept from run to run. */
  readonly cacheRoot: string;
  readonly directory: string;
  readonly sizes: Sizes;
  say(line: string): void;
  close(): Promise<void>;
}

export type Bench = (bed: Bed) => Promise<Report>;

export const openBed = async (name: string, sizes: Sizes, say: (line: string) => void): Promise<Bed> => {
  const isRoot = process.getuid?.() === 0;
  const cacheRoot = defaultCacheRoot(process.env);
  const common = { progress: silentProgress, environment: process.env, isRoot };
  const [binDirectory, venvBin] = await Promise.all([ensurePostgres(common), ensureVirtualEnvironment({ ...common, cacheRoot })]);
  const directory = await mkdtemp(join(tmpdir(), `lifeboat-bench-${name}-`));
  return { binDirectory, venvBin, cacheRoot, directory, sizes, say, close: () => rm(directory, { recursive: true, force: true }) };
};
