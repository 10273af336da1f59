import { existsSync } from "node:fs";
import { join } from "node:path";
import { freePort, type RunningProcess, startProcess, waitUntil } from "../../../local/process";
import { silentProgress } from "../../../local/progress";
import { defaultCacheRoot } from "../../../local/toolchain/cache";
import { ensureVirtualEnvironment } from "../../../local/toolchain/python";

/** An executable of the virtual environment: named by the environment, or the toolchain's own. */
export const pythonTool = async (name: "chroma" | "ministack"): Promise<string> => {
  const named = process.env[`LIFEBOAT_${name.toUpperCase()}`];
  if (named !== undefined && existsSync(named)) return named;
  const bin = await ensureVirtualEnvironment({
    progress: silentProgress,
    cacheRoot: defaultCacheRoot(process.env),
    environment: process.env,
    isRoot: process.getuid?.() === 0,
  });
  return join(bin, name);
};

export interface TestChroma {
  readonly url: string;
  readonly process: RunningProcess;
}

/** A real Chroma server with an empty directory below `folder`. */
export const startTestChroma = async (folder: string, name: string): Promise<TestChroma> => {
  const port = await freePort();
  const running = startProcess({
    command: await pythonTool("chroma"),
    args: ["run", "--host", "127.0.0.1", "--port", String(port), "--path", join(folder, name)],
    env: { ...process.env, ANONYMIZED_TELEMETRY: "False" },
    logFile: join(folder, `${name}.log`),
  });
  const url = `http://127.0.0.1:${port}`;
  await waitUntil(async () => (await fetch(`${url}/api/v2/heartbeat`)).ok, {
    timeoutMs: 30_000,
    intervalMs: 50,
    what: "the Chroma server answers",
    process: running,
  });
  return { url, process: running };
};
