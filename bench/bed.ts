import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentProgress } from "../local/progress";
import { createDatabaseEngine, type LocalDatabaseEngine } from "../local/rds/postgres";
import { defaultCacheRoot } from "../local/toolchain/cache";
import { ensurePostgres } from "../local/toolchain/postgres";
import { ensureVirtualEnvironment } from "../local/toolchain/python";

/** What a bench works with; everything is below one directory that is removed at the end. */
export interface Bed {
  readonly engine: LocalDatabaseEngine;
  readonly binDirectory: string;
  readonly directory: string;
  say(line: string): void;
  close(): Promise<void>;
}

export const openBed = async (name: string, say: (line: string) => void): Promise<Bed> => {
  const isRoot = process.getuid?.() === 0;
  const common = { progress: silentProgress, environment: process.env, isRoot };
  const [binDirectory, venvBin] = await Promise.all([
    ensurePostgres(common),
    ensureVirtualEnvironment({ ...common, cacheRoot: defaultCacheRoot(process.env) }),
  ]);
  const directory = await mkdtemp(join(tmpdir(), `lifeboat-bench-${name}-`));
  const engine = await createDatabaseEngine({
    binDirectory,
    python: join(venvBin, "python"),
    dataRoot: join(directory, "rds"),
    logDirectory: join(directory, "logs"),
    now: () => new Date(),
  });
  return {
    engine,
    binDirectory,
    directory,
    say,
    close: async () => {
      await engine.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
