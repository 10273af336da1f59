import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../local/ports";
import { startProcess, waitUntil } from "../../local/process";
import { silentProgress } from "../../local/progress";
import { defaultCacheRoot } from "../../local/toolchain/cache";
import { ensureVirtualEnvironment } from "../../local/toolchain/python";

export interface TestChroma {
  readonly url: string;
  /** Stops the server and starts it again on the same data, once what is to happen while it is away has happened. */
  restart(whileAway?: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

/** A real Chroma server with an empty directory of its own. */
export const startTestChroma = async (): Promise<TestChroma> => {
  const venvBin = await ensureVirtualEnvironment({
    progress: silentProgress,
    cacheRoot: defaultCacheRoot(process.env),
    environment: process.env,
    isRoot: process.getuid?.() === 0,
  });
  const folder = mkdtempSync(join(tmpdir(), "lifeboat-chroma-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = async () => {
    const server = startProcess({
      command: join(venvBin, "chroma"),
      args: ["run", "--path", join(folder, "data"), "--host", "127.0.0.1", "--port", String(port)],
      logFile: join(folder, "chroma.log"),
    });
    await waitUntil(async () => (await fetch(`${url}/api/v2/heartbeat`)).ok, {
      timeoutMs: 30_000,
      intervalMs: 100,
      what: "the Chroma server answers",
      process: server,
    });
    return server;
  };
  let server = await start();
  return {
    url,
    restart: async (whileAway = async () => {}) => {
      await server.stop(5000);
      await whileAway();
      server = await start();
    },
    stop: async () => {
      await server.stop(5000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
