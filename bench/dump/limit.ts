import { stat } from "node:fs/promises";
import { run } from "../../local/process";
import { secondsOf } from "../report";

export interface DumpRun {
  readonly seconds: number;
  readonly bytes: number;
}

/** Ways to have one stream of pg_dump compressed beside it. */
export const STREAMS = ["zstd -3", "zstd -3 --single-thread"] as const;
export type Stream = (typeof STREAMS)[number];

/**
 * The client's own best ways: of those of PostgreSQL 15's pg_dump one stream, compressed beside it, is the fastest and the smallest (`-Fc` compresses by
 * gzip in its own thread; `-Fd -j2` does so twice). Which of the two is the faster is the machine's.
 * @param env the connection, as libpq's variables, and the PATH of the client
 */
export const clientsWay = async (env: NodeJS.ProcessEnv, file: string, stream: Stream): Promise<DumpRun> => {
  const seconds = await secondsOf(async () => {
    const script = `set -o pipefail; pg_dump --format=custom --compress=0 | ${stream} -q -f -o "$1"`;
    const { code, stderr } = await run({ command: "bash", args: ["-c", script, "bash", file], env });
    if (code !== 0) throw new Error(`pg_dump | ${stream} ended with code ${code}: ${stderr}`);
  });
  return { seconds, bytes: (await stat(file)).size };
};
