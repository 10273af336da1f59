import { closeSync, existsSync, openSync, readFileSync, statSync, unlinkSync, utimesSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Step } from "../progress";

const HEARTBEAT_MS = 2_000;
/** A holder that has not shown itself for this long is gone, even where its process number is in use again. */
const STALE_MS = 30_000;
const POLL_MS = 200;

/** Waits for its turn, or until what it wanted is there. Losing the lock to a race costs a second build, not correctness. */
export const lock = async (file: string, ready: () => boolean, step: Step): Promise<() => void> => {
  while (!ready()) {
    const held = tryCreate(file);
    if (held !== undefined) return held;
    const holder = holderOf(file);
    if (holder !== undefined && !holder.alive) unlinkQuietly(file);
    else step.update(`waiting for another run (process ${holder?.pid ?? "unknown"}) that installs the same`);
    await sleep(POLL_MS);
  }
  return () => undefined;
};

const tryCreate = (file: string): (() => void) | undefined => {
  let handle: number;
  try {
    handle = openSync(file, "wx");
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return undefined;
    throw thrown;
  }
  writeSync(handle, String(process.pid));
  closeSync(handle);
  const beat = setInterval(() => {
    const now = new Date();
    if (existsSync(file)) utimesSync(file, now, now);
  }, HEARTBEAT_MS).unref();
  return () => {
    clearInterval(beat);
    unlinkQuietly(file);
  };
};

const holderOf = (file: string): { pid: number; alive: boolean } | undefined => {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    const fresh = Date.now() - statSync(file).mtimeMs < STALE_MS;
    // The number is written just after the file appears: until then only its age counts.
    return { pid, alive: fresh && (pid === 0 || isRunning(pid)) };
  } catch {
    return undefined;
  }
};

/** Whether a process has this number, whoever it belongs to. */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return codeOf(thrown) === "EPERM";
  }
};

const codeOf = (thrown: unknown): unknown => (typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined);

const unlinkQuietly = (file: string): void => {
  try {
    unlinkSync(file);
  } catch {
    // Another run was faster.
  }
};
