import { existsSync, realpathSync } from "node:fs";
import { mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { findOnPath } from "../process";
import type { Progress } from "../progress";
import { bundleEntry } from "./bundle";
import { defaultCacheRoot } from "./cache";
import { linkFile, writeLauncher } from "./files";
import { requireNode } from "./node";
import { ensurePostgres } from "./postgres";
import { ensurePulumi } from "./pulumi-cli";
import { ensureAwsCli, ensureVirtualEnvironment } from "./python";
import type { Toolchain } from "./tools";
import { ensureZstd } from "./zstd";

export { pulumiEnvironment } from "./environment";
export { installPlugins, type LocalPlugin, sdkVersionOf } from "./plugins";
export type { Toolchain } from "./tools";

export interface ToolchainOptions {
  readonly progress: Progress;
  readonly cacheRoot?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Where the run keeps its PULUMI_HOME and launchers; `.lifeboat` of the checkout unless said otherwise. */
  readonly runDir?: string;
}

const CHECKOUT = resolve(__dirname, "..", "..");
const LANGUAGE_HOST = "pulumi-language-nodejs";

export const ensureToolchain = async (options: ToolchainOptions): Promise<Toolchain> => {
  const environment = options.environment ?? process.env;
  const cacheRoot = options.cacheRoot ?? defaultCacheRoot(environment);
  const runDir = options.runDir ?? join(CHECKOUT, ".lifeboat");
  const node = requireNode(process.versions.node, process.execPath);
  const common = { progress: options.progress, cacheRoot, environment };
  const found = await ensurePulumi(common);
  const isRoot = process.getuid?.() === 0;
  const venvBin = await ensureVirtualEnvironment({ ...common, isRoot });
  const awsCli = await ensureAwsCli({ ...common, isRoot });
  const postgresBin = await ensurePostgres({ ...common, isRoot });
  const binDir = join(runDir, "bin");
  const pulumi = await fillBinDir(binDir, found, node, environment);
  const zstd = await ensureZstd({ binDir, node, environment });
  const pulumiHome = join(runDir, "pulumi-home");
  await mkdir(pulumiHome, { recursive: true });
  const python = join(venvBin, "python");
  return {
    pulumi,
    python,
    venvBin,
    ministack: { command: join(venvBin, "ministack"), args: [] },
    chroma: join(venvBin, "chroma"),
    awsCli,
    postgresBin,
    zstd,
    node,
    nodeDir: dirname(node),
    binDir,
    pulumiHome,
  };
};

/** The CLI looks for its language host beside itself, then on the PATH with a warning: hence the link beside our own. */
const fillBinDir = async (binDir: string, pulumi: string, node: string, environment: NodeJS.ProcessEnv): Promise<string> => {
  await mkdir(binDir, { recursive: true });
  const host = join(binDir, LANGUAGE_HOST);
  const beside = join(dirname(realpathSync(pulumi)), LANGUAGE_HOST);
  if (existsSync(beside) || findOnPath(LANGUAGE_HOST, environment.PATH ?? "") !== undefined) {
    // Left by an earlier run, ours would stand before the official one.
    await rm(host, { force: true });
    await rm(join(binDir, "pulumi"), { force: true });
    await symlink(pulumi, join(binDir, "pulumi"));
    return pulumi;
  }
  await linkFile(pulumi, join(binDir, "pulumi"));
  await writeLauncher(host, node, await bundleEntry(LANGUAGE_HOST, join(CHECKOUT, "local", "language-host", "main.ts")));
  return join(binDir, "pulumi");
};
