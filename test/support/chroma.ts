import { join } from "node:path";
import { terminalProgress } from "../../local/progress";
import { defaultCacheRoot } from "../../local/toolchain/cache";
import { ensureVirtualEnvironment } from "../../local/toolchain/python";

/** The real Chroma server's command: LIFEBOAT_CHROMA, or the toolchain's own. */
export const chromaCommand = async (): Promise<string> => {
  const given = process.env.LIFEBOAT_CHROMA;
  if (given !== undefined && given !== "") return given;
  const progress = terminalProgress(process.stderr, Date.now);
  const options = { progress, cacheRoot: defaultCacheRoot(process.env), environment: process.env, isRoot: process.getuid?.() === 0 };
  return join(await ensureVirtualEnvironment(options), "chroma");
};
