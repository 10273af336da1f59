import { stat } from "node:fs/promises";
import { run } from "../../local/process";
import { secondsOf } from "../report";

export interface DumpRun {
  readonly seconds: number;
  readonly bytes: number;
}

/**
 * The client's own best way: one stream, compressed beside it. Of the ways of PostgreSQL 15's pg_dump it is the fastest and the smallest
 * (`-Fc` compresses by gzip in its own thread; `-Fd -j2` does so twice).
 * @param env the connection, as libpq's variables, and the PATH of the client
 */
export const clientsBestWay = async (env: NodeJS.ProcessEnv, file: string): Promise<DumpRun> => {
  const seconds = await secondsOf(async () => {
    const script = 'set -o pipefail; pg_dump --format=custom --compress=0 | zstd -3 -q -f -o "$1"';
    const { code, stderr } = await run({ command: "bash", args: ["-c", script, "bash", file], env });
    if (code !== 0) throw new Error(`pg_dump | zstd ended with code ${code}: ${stderr}`);
  });
  return { seconds, bytes: (await stat(file)).size };
};
