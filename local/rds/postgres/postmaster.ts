import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run, startProcess, tailOf, waitUntil } from "../../process";
import { killTree, signalQuietly } from "./process-tree";
import type { Tools } from "./tools";

/** A running `postgres`. */
export interface Postmaster {
  readonly pid: number;
  readonly running: boolean;
  /** Resolves when it has ended, told to by `stop` or `kill` or not. */
  readonly ended: Promise<{ readonly told: boolean }>;
  /** Shuts down in order: sessions end, a checkpoint is written, WAL is archived. */
  stop(): Promise<void>;
  /** SIGKILL to it and its children; resolves when all are gone. */
  kill(): Promise<void>;
}

export interface PostmasterOptions {
  readonly tools: Tools;
  readonly dataDirectory: string;
  readonly logFile: string;
  /** For recovery it is long. */
  readonly readyWithinMs: number;
  /** It follows a primary and lets nobody in: it is ready when it replays. */
  readonly standsBy?: boolean;
  /** Kills it while it is not yet ready. */
  readonly signal?: AbortSignal;
}

const POLL_MS = 10;
const SHUTDOWN_MS = 60_000;

/** Starts a server and waits until it accepts connections, or stands by; one that does not is ended. */
export const startPostmaster = async (options: PostmasterOptions): Promise<Postmaster> => {
  const { tools, dataDirectory, logFile, readyWithinMs, standsBy = false, signal } = options;
  signal?.throwIfAborted();
  const started = startProcess({
    command: tools.path("postgres"),
    args: ["-D", dataDirectory],
    env: tools.environment,
    cwd: dataDirectory,
    logFile,
    ...tools.account,
  });
  let running = true;
  let told = false;
  const ended = started.exited.then(() => {
    running = false;
    return { told };
  });
  const kill = async (): Promise<void> => {
    told = true;
    const segment = sharedMemoryOf(dataDirectory, started.pid);
    if (running) await killTree(started.pid);
    await started.exited;
    // The kernel keeps it, a few bytes, until someone asks: https://www.postgresql.org/docs/15/kernel-resources.html
    if (segment !== undefined) await run({ command: "ipcrm", args: ["-m", segment], ...tools.account }).catch(() => undefined);
  };
  const stop = async (): Promise<void> => {
    told = true;
    if (running) signalQuietly(started.pid, "SIGINT");
    const timer = setTimeout(() => void kill(), SHUTDOWN_MS);
    await started.exited;
    clearTimeout(timer);
  };
  const onAbort = (): void => void kill();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await waitUntil(() => statusOf(dataDirectory, started.pid) === (standsBy ? "standby" : "ready"), {
      timeoutMs: readyWithinMs,
      intervalMs: POLL_MS,
      what: standsBy ? "PostgreSQL stands by" : "PostgreSQL accepts connections",
      process: { ...started, logFile },
    });
  } catch (thrown) {
    await kill();
    throw thrown;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
  return {
    pid: started.pid,
    get running() {
      return running;
    },
    ended,
    stop,
    kill,
  };
};

/** Eight lines, the last but one the shared memory's key and id, the last the state: `src/include/utils/pidfile.h`. */
const pidFile = (dataDirectory: string, pid: number): readonly string[] => {
  try {
    const lines = readFileSync(join(dataDirectory, "postmaster.pid"), "utf8").split("\n");
    return Number(lines[0]) === pid ? lines : [];
  } catch {
    return [];
  }
};

const statusOf = (dataDirectory: string, pid: number): string | undefined => pidFile(dataDirectory, pid)[7]?.trim();

const sharedMemoryOf = (dataDirectory: string, pid: number): string | undefined => pidFile(dataDirectory, pid)[6]?.trim().split(/\s+/)[1];

/** Another program took the port between the search for a free one and the start. */
export const lostItsPort = (logFile: string): boolean => tailOf(logFile, 10).includes("could not bind IPv4 address");
