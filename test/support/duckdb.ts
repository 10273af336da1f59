import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../local/process";
import { silentProgress } from "../../local/progress";
import { defaultCacheRoot, installOnce } from "../../local/toolchain/cache";
import { ensureVirtualEnvironment } from "../../local/toolchain/python";
import { LifeboatError } from "../../recovery/errors";

const VERSION = "2.0.1";

/**
 * DuckDB beside the toolchain's Python, cached like it: another reader of Parquet than the one that writes it. Throws `toolchain` with the command
 * that failed where the package index does not give it: nothing is shown then, and a test must not pass.
 */
export const ensureDuckDb = async (): Promise<DuckDb> => {
  const cacheRoot = defaultCacheRoot(process.env);
  const bin = await ensureVirtualEnvironment({
    progress: silentProgress,
    cacheRoot,
    environment: process.env,
    isRoot: process.getuid?.() === 0,
  });
  const python = join(bin, "python");
  const named = await run({ command: python, args: ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"] });
  const directory = await installOnce({
    // A wheel is of one Python.
    target: join(cacheRoot, `duckdb-${VERSION}-${named.stdout.trim()}`),
    usable: (found) => existsSync(join(found, "duckdb")),
    step: () => silentProgress.step("installing DuckDB"),
    build: (at) => install(python, at),
  });
  return { python, directory };
};

const install = async (python: string, at: string): Promise<void> => {
  await mkdir(at, { recursive: true });
  const args = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps", "--target", at, `duckdb==${VERSION}`];
  const { code, stderr } = await run({ command: python, args });
  if (code === 0) return;
  throw new LifeboatError({
    code: "toolchain",
    what: "DuckDB, which reads the exported parts as another tool does, could not be installed",
    received: stderr.trim().split("\n").at(-1),
    allowed: `an exit code of 0 of: ${[python, ...args].join(" ")}`,
    hint: "Run that command and see what the package index answers; a proxy is named by PIP_INDEX_URL",
  });
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
