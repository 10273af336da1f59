import { type ChildProcess, type StdioOptions, spawn, spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, openSync, readFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { LifeboatError, messageOf } from "../recovery/errors";
import { endGroupWithThisProcess } from "./process-groups";

/** A command to start. `env` is the whole environment of the child; absent, it is this process's own. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly pid: number;
  /** Where its output goes, when it was started with a log file. */
  readonly logFile?: string;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  /** SIGTERM, then SIGKILL after `graceMs`; resolves when the process is gone. Safe to call twice and after the end. */
  stop(graceMs: number): Promise<void>;
  /** SIGKILL, at once: what a disaster does. */
  kill(): void;
}

export interface StartOptions extends Command {
  /** It leads a group of its own, which is killed with it, and when it ends: all that a shell started, as in a container. */
  readonly group?: boolean;
  /** Output is appended to this file. */
  readonly logFile?: string;
  /** Output goes where this process's own goes. Neither: it is dropped. */
  readonly inheritOutput?: boolean;
}

/** Starts a child that ends with this process, even when this process is killed. */
export const startProcess = (options: StartOptions): RunningProcess => {
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, "a");
  const output = log ?? (options.inheritOutput === true ? "inherit" : "ignore");
  try {
    const child = spawnTied(options, ["ignore", output, output], options.group);
    const handle = handleOf(child, options.command);
    return { ...(options.group === true ? leading(handle) : handle), logFile: options.logFile };
  } finally {
    if (log !== undefined) closeSync(log);
  }
};

export interface RunOptions extends Command {
  readonly onLine?: (line: string, from: "stdout" | "stderr") => void;
  /** Written to the child's standard input, which is closed after it. */
  readonly input?: string;
  /** Ends the child with SIGTERM, for a command that must not run on after Ctrl-C. */
  readonly signal?: AbortSignal;
}

/** Runs a command to its end. A code other than 0 is the caller's to judge; a death by signal counts as 128. */
export const run = async (options: RunOptions): Promise<{ code: number; stdout: string; stderr: string }> => {
  options.signal?.throwIfAborted();
  const child = spawnTied(options, [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"]);
  const handle = handleOf(child, options.command);
  const onAbort = (): void => void child.kill("SIGTERM");
  options.signal?.addEventListener("abort", onAbort, { once: true });
  // A child that ends without reading its input is judged by its exit code, not by the broken pipe.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.input);
  try {
    const [exit, stdout, stderr] = await Promise.all([
      handle.exited,
      collect(child.stdout, (line) => options.onLine?.(line, "stdout")),
      collect(child.stderr, (line) => options.onLine?.(line, "stderr")),
    ]);
    return { code: exit.code ?? 128, stdout, stderr };
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
  }
};

export interface WaitOptions {
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** "the Chroma server answers": completes the sentence "Waited in vain until ...". */
  readonly what: string;
  /** Its end stops the wait, and its log explains the failure. */
  readonly process?: RunningProcess;
  readonly logFile?: string;
}

/** Waits until the probe is true. A probe that throws counts as not yet; its last message is part of the error. */
export const waitUntil = async (probe: () => boolean | Promise<boolean>, options: WaitOptions): Promise<void> => {
  const deadline = performance.now() + options.timeoutMs;
  let ended: Exit | undefined;
  void options.process?.exited.then((exit) => {
    ended = exit;
  });
  let last = "the probe said no";
  while (ended === undefined && performance.now() < deadline) {
    try {
      if (await probe()) return;
    } catch (thrown) {
      last = messageOf(thrown);
    }
    await sleep(options.intervalMs);
  }
  const logFile = options.logFile ?? options.process?.logFile;
  const log = logFile === undefined ? "" : `\n--- end of ${logFile}\n${tailOf(logFile)}`;
  throw new LifeboatError({
    code: "toolchain",
    what: `Waited in vain until ${options.what}`,
    received:
      ended === undefined ? `${last} for ${options.timeoutMs / 1000} s` : `its process ended with ${ended.signal ?? `code ${ended.code}`}`,
    hint: `The reason is in the process's own output${logFile === undefined ? "" : `, ${logFile}`}${log}`,
  });
};

/** The last lines of a log, for errors. */
export const tailOf = (file: string, lines = 30): string => {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "(no log)";
  }
};

/** The executable file that a name stands for on this PATH. */
export const findOnPath = (name: string, path: string): string | undefined => {
  const candidates = name.includes("/") ? [resolve(name)] : path.split(delimiter).map((dir) => join(dir, name));
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
};

const living = new Set<ChildProcess>();
let endsChildren = false;

/** Where the kernel cannot tie a child to its parent, the end of this process does, as far as handlers run. */
const endWithThisProcess = (child: ChildProcess): void => {
  living.add(child);
  child.once("exit", () => living.delete(child));
  if (endsChildren) return;
  endsChildren = true;
  process.once("exit", () => {
    for (const each of living) each.kill("SIGKILL");
  });
};

let tie: readonly string[] | undefined;

/** https://man7.org/linux/man-pages/man1/setpriv.1.html: `--pdeathsig` came with util-linux 2.33, and BusyBox's setpriv lacks it. */
const tieToParent = (): readonly string[] => {
  if (tie === undefined) {
    const setpriv = process.platform === "linux" ? findOnPath("setpriv", `${process.env.PATH}:/usr/bin:/bin`) : undefined;
    const works = setpriv !== undefined && spawnSync(setpriv, ["--pdeathsig", "KILL", "--", "true"]).status === 0;
    tie = works ? [setpriv, "--pdeathsig", "KILL", "--"] : [];
  }
  return tie;
};

const spawnTied = (options: Command, stdio: StdioOptions, group = false): ChildProcess => {
  const env = options.env ?? process.env;
  const file = findOnPath(options.command, env.PATH ?? "");
  if (file === undefined) {
    throw new LifeboatError({
      code: "toolchain",
      what: `Cannot start ${options.command}: it is not an executable file on the PATH`,
      received: `PATH=${env.PATH ?? ""}`,
      hint: `Install ${options.command}, or put its directory on the PATH`,
    });
  }
  const [command = file, ...args] = [...tieToParent(), file, ...options.args];
  const child = spawn(command, args, { env, cwd: options.cwd, stdio, detached: group, uid: options.uid, gid: options.gid });
  endWithThisProcess(child);
  return child;
};

const handleOf = (child: ChildProcess, name: string): RunningProcess => {
  const exited = new Promise<Exit>((done) => {
    child.once("close", (code, signal) => done({ code, signal }));
    child.once("error", () => done({ code: null, signal: null }));
  });
  const pid = child.pid;
  if (pid === undefined) {
    throw new LifeboatError({
      code: "toolchain",
      what: `Cannot start ${name}: the system refused`,
      hint: "Check that its working directory exists and that its file may be executed",
    });
  }
  const stop = async (graceMs: number): Promise<void> => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
    await exited;
    clearTimeout(timer);
  };
  return { pid, exited, stop, kill: () => void child.kill("SIGKILL") };
};

/** The handle of a process that leads a group. https://man7.org/linux/man-pages/man2/kill.2.html: a negative number is a group's. */
const leading = (handle: RunningProcess): RunningProcess => {
  const killGroup = (): void => {
    try {
      process.kill(-handle.pid, "SIGKILL");
    } catch {
      // Nobody of the group is left.
    }
  };
  const over = endGroupWithThisProcess(handle.pid);
  const exited = handle.exited.finally(() => {
    killGroup();
    over();
  });
  return {
    pid: handle.pid,
    exited,
    kill: killGroup,
    stop: async (graceMs) => {
      await handle.stop(graceMs);
      await exited;
    },
  };
};

const collect = async (stream: Readable | null, onLine: (line: string) => void): Promise<string> => {
  const lines: string[] = [];
  if (stream === null) return "";
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    lines.push(line);
    onLine(line);
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
};
