import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Step, terminalProgress } from "../../local/progress";
import { LifeboatError } from "../../recovery/errors";
import type { CommandIo } from "../lifeboat/command";
import { clearAll } from "./cleaning";
import { askToStop } from "./control";
import { type Home, homeOf, openHome, removeHome } from "./home";
import { isRunning, signalProcess } from "./identity";
import { type Holder, releaseLock, takeLock, thisHolder } from "./lock";
import { observe } from "./observe";

const POLL_MS = 100;
/** Every server gets its own grace; together they take a few seconds. */
const ORDERLY_STOP_MS = 60_000;
const TERMINATION_MS = 10_000;

/** Stops what runs and deletes what it left. Resolves to the exit code: 0, also when there was nothing to do. */
export const down = async (io: CommandIo): Promise<number> => {
  const home = homeOf(io.projectDir, io.environment);
  const seen = await observe(home);
  if (seen.is === "absent" && !existsSync(home.directory)) {
    io.out("No embedded AWS runs: nothing to stop.\n");
    return 0;
  }
  await openHome(home);
  const step = terminalProgress(process.stderr, Date.now).step("Stopping the embedded AWS");
  try {
    if ("holder" in seen) await end(seen.holder, step);
    await cleanUp(home);
    step.done();
  } catch (error) {
    step.fail("not stopped");
    throw error;
  }
  io.out(`${saidAt(seen.is)}\n`);
  return 0;
};

const saidAt = (was: "absent" | "busy" | "running" | "silent" | "ended"): string => {
  if (was === "absent") return "No embedded AWS ran: what an earlier one left is deleted.";
  if (was === "ended") return "The embedded AWS had ended by itself: what it left is deleted.";
  return "The embedded AWS is stopped, and its data deleted.";
};

/** In order first, then by signals, each to the very process that took the lock. */
const end = async (holder: Holder, step: Step): Promise<void> => {
  const asked = await askToStop(holder);
  // A command that cleans up has no control, and ends by itself.
  if (asked !== undefined || holder.control === undefined) {
    if (await endedWithin(holder, ORDERLY_STOP_MS)) return;
  }
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    step.update(`process ${holder.process.pid} does not stop: ${signal}`);
    if (!(await signalProcess(holder.process, signal))) return;
    if (await endedWithin(holder, TERMINATION_MS)) return;
  }
  throw new LifeboatError({
    code: "toolchain",
    what: "The embedded AWS cannot be stopped",
    received: `process ${holder.process.pid} outlives SIGKILL`,
    hint: "Look at the process; nothing was deleted",
  });
};

const endedWithin = async ({ process: identity }: Holder, timeoutMs: number): Promise<boolean> => {
  const deadline = performance.now() + timeoutMs;
  while (await isRunning(identity)) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
};

/** Under the lock, so that an `up` of this moment begins after it. */
const cleanUp = async (home: Home): Promise<void> => {
  const id = randomBytes(16).toString("hex");
  const holder = await thisHolder(id);
  for (;;) {
    const other = await takeLock({ file: home.lock, holder, isHeld: (held) => isRunning(held.process) });
    if (other === undefined) break;
    if (other.control !== undefined) throw startedMeanwhile(other);
    // Another `down` cleans up, and is done in a moment.
    await sleep(POLL_MS);
  }
  try {
    await clearAll(home, []);
  } finally {
    await releaseLock(home.lock, id);
  }
  await removeHome(home);
};

const startedMeanwhile = (other: Holder): LifeboatError =>
  new LifeboatError({
    code: "toolchain",
    what: "Another embedded AWS was started here meanwhile",
    received: `process ${other.process.pid}`,
    hint: "Look at it: npm run local -- status",
  });
