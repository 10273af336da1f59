import { readdirSync, readFileSync } from "node:fs";
import { run } from "../../local/process";

/** The processes that a process has started and that still run. `ps` is no part of a small Linux installation, and of every macOS. */
export const childrenOf = async (parent: number): Promise<number[]> => {
  const pairs = process.platform === "linux" ? fromProc() : await fromPs();
  return pairs.flatMap(([pid, parentPid]) => (parentPid === parent ? [pid] : []));
};

type PidAndParent = readonly [pid: number, parentPid: number];

/** The command's name stands in parentheses and may hold any character; the state and the parent follow it. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const fromProc = (): PidAndParent[] =>
  readdirSync("/proc").flatMap((name): PidAndParent[] => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [, parentPid] = stat
        .slice(stat.lastIndexOf(")") + 1)
        .trim()
        .split(/\s+/);
      return [[pid, Number(parentPid)]];
    } catch {
      // It ended between the listing and the reading.
      return [];
    }
  });

const fromPs = async (): Promise<PidAndParent[]> => {
  const { stdout } = await run({ command: "ps", args: ["-eo", "pid=,ppid="] });
  return stdout
    .trim()
    .split("\n")
    .map((line): PidAndParent => {
      const [pid = 0, parentPid = 0] = line.trim().split(/\s+/).map(Number);
      return [pid, parentPid];
    });
};
