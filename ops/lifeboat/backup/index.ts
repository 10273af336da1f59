import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../../local/progress";
import { untilAborted } from "../aborted";
import type { Command } from "../command";
import { stderrProgress } from "../progress";
import { readDefaults } from "../strategy/defaults";
import { backUp, isBackedUp } from "./backup";
import { jobsCluster } from "./cluster";
import { type BackupConnection, connectBackup } from "./connection";
import { kubernetesJobs } from "./kubernetes";
import { type BackupOptions, parseBackupOptions, USAGE } from "./options";
import { backupJson, renderBackup } from "./report";

const POLL_MS = 2_000;

export interface BackupCommandWays {
  readonly connect: (options: BackupOptions, projectDir: string) => Promise<BackupConnection>;
  readonly progress: () => Progress;
  readonly pause: () => Promise<unknown>;
}

/** Resolves to 0 when all that was exported is sealed and read back, or had not changed; 1 otherwise. Interrupted, what was started goes on. */
export const backupCommandWith = ({ connect, progress, pause }: BackupCommandWays): Command => ({
  name: "backup",
  summary: "exports a store now, and waits until the point is sealed and read back",
  usage: USAGE,
  async run(argv, { projectDir, now, out, signal }) {
    const options = parseBackupOptions(argv, readDefaults(projectDir));
    const connection = await untilAborted(signal, connect(options, projectDir));
    try {
      const { system, stores, timeoutSeconds } = options;
      const tools = {
        ...{ system, timeoutSeconds, now, signal },
        ...connection,
        progress: progress(),
        pause: async () => {
          await untilAborted(signal, pause());
        },
      };
      const results = await backUp(tools, stores);
      out(options.json ? backupJson(system, results) : `${renderBackup(results)}\n`);
      return isBackedUp(results) ? 0 : 1;
    } finally {
      connection.close();
    }
  },
});

export const backupCommand: Command = backupCommandWith({
  connect: (options, projectDir) =>
    connectBackup({}, options, { jobs: kubernetesJobs(jobsCluster(projectDir, options)), random: randomBytes(4).toString("hex") }),
  progress: stderrProgress,
  pause: () => sleep(POLL_MS),
});
