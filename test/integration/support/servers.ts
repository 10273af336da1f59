import { join } from "node:path";
import { freePort } from "../../../local/ports";
import { type RunningProcess, startProcess, waitUntil } from "../../../local/process";
import { pythonTool } from "../../support/python-tool";

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
