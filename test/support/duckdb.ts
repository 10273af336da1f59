import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../local/process";
import { silentProgress } from "../../local/progress";
import { defaultCacheRoot, installOnce } from "../../local/toolchain/cache";
import { ensureVirtualEnvironment } from "../../local/toolchain/python";

const VERSION = "2.0.1";

/** DuckDB beside the toolchain's Python, cached like it: another reader of Parquet than the one that writes it. Undefined where the package index does not give it. */
export const findDuckDb = async (): Promise<DuckDb | undefined> => {
  const cacheRoot = defaultCacheRoot(process.env);
  const bin = await ensureVirtualEnvironment({
    progress: silentProgress,
    cacheRoot,
    environment: process.env,
    isRoot: process.getuid?.() === 0,
  });
  const python = join(bin, "python");
  const named = await run({ command: python, args: ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"] });
  try {
    const directory = await installOnce({
      // A wheel is of one Python.
      target: join(cacheRoot, `duckdb-${VERSION}-${named.stdout.trim()}`),
      usable: (found) => existsSync(join(found, "duckdb")),
      step: () => silentProgress.step("installing DuckDB"),
      build: async (at) => {
        await mkdir(at, { recursive: true });
        const args = [
          "-m",
          "pip",
          "install",
          "--disable-pip-version-check",
          "--no-input",
          "--no-deps",
          "--target",
          at,
          `duckdb==${VERSION}`,
        ];
        const installed = await run({ command: python, args });
        if (installed.code !== 0) throw new Error(installed.stderr);
      },
    });
    return { python, directory };
  } catch {
    return undefined;
  }
};

export interface DuckDb {
  readonly python: string;
  readonly directory: string;
}

const SCRIPT = "import duckdb, json, sys; print(json.dumps(duckdb.sql(sys.argv[1]).fetchall()))";

/** The rows of a query. */
export const query = async ({ python, directory }: DuckDb, sql: string): Promise<unknown> => {
  const { code, stdout, stderr } = await run({
    command: python,
    args: ["-c", SCRIPT, sql],
    env: { ...process.env, PYTHONPATH: directory },
  });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};
