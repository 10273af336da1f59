import { readFile } from "node:fs/promises";
import * as z from "zod";
import { run } from "../../local/process";

/** One process for all time: numbers are used again, a number with its start is not. */
export const ProcessIdentity = z.object({ pid: z.int().positive(), started: z.string().min(1) });
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** When the process with this number started, in the system's own words; undefined when none runs. */
export const startOf = (pid: number): Promise<string | undefined> => (process.platform === "linux" ? fromProc(pid) : fromPs(pid));

export const isRunning = async ({ pid, started }: ProcessIdentity): Promise<boolean> => (await startOf(pid)) === started;

/** Signals exactly this process: another one that got its number meanwhile is left alone. False when it is gone. */
export const signalProcess = async (identity: ProcessIdentity, signal: "SIGTERM" | "SIGKILL"): Promise<boolean> => {
  if (!(await isRunning(identity))) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
};

const START_TICKS = 19;

/** The command's name stands in parentheses and may hold any character; the state and, 19 further, the start follow it. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const fromProc = async (pid: number): Promise<string | undefined> => {
  try {
    const [stat, boot] = await Promise.all([readFile(`/proc/${pid}/stat`, "utf8"), readFile("/proc/sys/kernel/random/boot_id", "utf8")]);
    const fields = stat
      .slice(stat.lastIndexOf(")") + 1)
      .trim()
      .split(/\s+/);
    // A zombie has ended; only its parent has not asked yet. Where no init adopts orphans it stays for good.
    return fields[0] === "Z" ? undefined : `${boot.trim()} ${fields[START_TICKS]}`;
  } catch {
    return undefined;
  }
};

const fromPs = async (pid: number): Promise<string | undefined> => {
  const { code, stdout } = await run({ command: "ps", args: ["-o", "lstart=", "-p", String(pid)], env: { ...process.env, LC_ALL: "C" } });
  const started = stdout.trim();
  return code === 0 && started !== "" ? started : undefined;
};
