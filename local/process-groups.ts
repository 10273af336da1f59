import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";

/** Remembers groups by lines `+ ID` and `- ID`, and kills those that are left when its input ends: when the process that writes it is gone, killed or not. */
const WATCH = `
groups=
while read -r what id; do
  kept=
  for each in $groups; do [ "$each" = "$id" ] || kept="$kept $each"; done
  groups=$kept
  [ "$what" = "+" ] && groups="$groups $id"
done
for each in $groups; do kill -s KILL -- "-$each" 2>/dev/null; done
`;

let watch: ChildProcess | undefined;

const watcher = (): Writable | null => {
  if (watch === undefined || watch.exitCode !== null) {
    watch = spawn("/bin/sh", ["-c", WATCH], { stdio: ["pipe", "ignore", "ignore"], detached: true });
    // It waits for this process, and this process does not wait for it.
    watch.unref();
    if (watch.stdin !== null && "unref" in watch.stdin && typeof watch.stdin.unref === "function") watch.stdin.unref();
    watch.stdin?.on("error", () => undefined);
    watch.on("error", () => undefined);
  }
  return watch.stdin;
};

/**
 * Ends a process group with this process, however that ends: the kernel's own tie holds a child only, and not what the child has started. Call the answer
 * when the group is over.
 */
export const endGroupWithThisProcess = (group: number): (() => void) => {
  const input = watcher();
  input?.write(`+ ${group}\n`);
  return () => void input?.write(`- ${group}\n`);
};
