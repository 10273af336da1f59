import { existsSync } from "node:fs";
import { join } from "node:path";
import { silentProgress } from "../../local/progress";
import { defaultCacheRoot } from "../../local/toolchain/cache";
import { ensureAwsCli, ensureVirtualEnvironment } from "../../local/toolchain/python";

/** An executable of the virtual environment: the one that LIFEBOAT_CHROMA or LIFEBOAT_MINISTACK names, or the toolchain's own. */
export const pythonTool = async (name: "chroma" | "ministack"): Promise<string> => {
  const named = process.env[`LIFEBOAT_${name.toUpperCase()}`];
  if (named !== undefined && existsSync(named)) return named;
  const bin = await ensureVirtualEnvironment(options());
  return join(bin, name);
};

/** The `aws` command of the toolchain. */
export const awsCliTool = (): Promise<string> => ensureAwsCli(options());

const options = () => ({
  progress: silentProgress,
  cacheRoot: defaultCacheRoot(process.env),
  environment: process.env,
  isRoot: process.getuid?.() === 0,
});
