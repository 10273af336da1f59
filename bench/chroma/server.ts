import { join } from "node:path";
import { freePort } from "../../local/ports";
import { startProcess, waitUntil } from "../../local/process";
import type { Bed } from "../bed";

const START_TIMEOUT_MS = 60_000;
const STOP_GRACE_MS = 10_000;

export interface ChromaServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A Chroma server with an empty directory of its own, below the bed's. */
export const startChroma = async (bed: Bed, name: string): Promise<ChromaServer> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = startProcess({
    command: join(bed.venvBin, "chroma"),
    args: ["run", "--path", join(bed.directory, name), "--host", "127.0.0.1", "--port", String(port)],
    logFile: join(bed.directory, `${name}.log`),
  });
  await waitUntil(async () => (await fetch(`${url}/api/v2/heartbeat`)).ok, {
    timeoutMs: START_TIMEOUT_MS,
    intervalMs: 50,
    what: "the Chroma server answers",
    process: server,
  });
  return { url, stop: () => server.stop(STOP_GRACE_MS) };
};
