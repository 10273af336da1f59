import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../process";

/** A process and all that descends from it, itself first. */
export const treeOf = async (pid: number): Promise<readonly number[]> => {
  const children = new Map<number, number[]>();
  for (const [child, parent] of process.platform === "linux" ? pairsFromProc() : await pairsFromPs()) {
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const tree = [pid];
  for (const each of tree) tree.push(...(children.get(each) ?? []));
  return tree;
};

type PidAndParent = readonly [pid: number, parent: number];

/** The command's name stands in parentheses and may hold any character: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const pairsFromProc = (): readonly PidAndParent[] =>
  readdirSync("/proc").flatMap((name): PidAndParent[] => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat
        .slice(stat.lastIndexOf(")") + 1)
        .trim()
        .split(/\s+/);
      // A zombie is gone: only its parent has not asked yet.
      return fields[0] === "Z" ? [] : [[pid, Number(fields[1])]];
    } catch {
      return [];
    }
  });

const pairsFromPs = async (): Promise<readonly PidAndParent[]> => {
  const { stdout } = await run({ command: "ps", args: ["-eo", "pid=,ppid="] });
  return stdout
    .trim()
    .split("\n")
    .map((line): PidAndParent => {
      const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
      return [pid, parent];
    });
};

export const signalQuietly = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
};

/** SIGKILL to a server and its children; resolves when all are gone. It is stopped first, so that it starts no more of them. */
export const killTree = async (pid: number): Promise<void> => {
  signalQuietly(pid, "SIGSTOP");
  const tree = await treeOf(pid);
  for (const each of tree) signalQuietly(each, "SIGKILL");
  for (const each of tree) while (await isAlive(each)) await sleep(5);
};

const isAlive = async (pid: number): Promise<boolean> => {
  if (process.platform === "linux") return pairsFromProc().some(([each]) => each === pid);
  return (await pairsFromPs()).some(([each]) => each === pid);
};
