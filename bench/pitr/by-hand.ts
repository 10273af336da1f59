import { chown, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../local/ports";
import { run, startProcess } from "../../local/process";
import type { DatabaseBed } from "../engine";
import { secondsOf } from "../report";
import { connect, type History, NEWEST } from "./history";

const POLL_MS = 10;

/**
 * What a person does with PostgreSQL's own manual (https://www.postgresql.org/docs/15/continuous-archiving.html#BACKUP-PITR-RECOVERY): `cp` of the base backup,
 * a `restore_command` that is `cp`, the same target, and a query until it is answered. Nothing is verified. Resolves to seconds.
 */
export const byHand = async (bed: DatabaseBed, history: History, name: string): Promise<number> => {
  const { uid, gid } = await stat(history.baseDirectory);
  const account = process.getuid?.() === 0 ? { uid, gid } : {};
  const parent = join(bed.engine.root, "by-hand");
  await mkdir(parent, { recursive: true });
  await chown(parent, uid, gid);
  const data = join(parent, name);
  const port = await freePort();
  const settings = {
    port: String(port),
    archive_mode: "off",
    // The default, which the copied configuration changes.
    recovery_init_sync_method: "fsync",
    restore_command: `cp '${history.walDirectory}'/"%f" "%p"`,
    recovery_target_time: `${history.time.toISOString().slice(0, -1)}+00`,
    recovery_target_action: "promote",
  };
  let stop = async (): Promise<void> => undefined;
  try {
    return await secondsOf(async () => {
      const copied = await run({ command: "cp", args: ["-Rp", history.baseDirectory, data], ...account });
      if (copied.code !== 0) throw new Error(copied.stderr);
      await writeFile(join(data, "recovery.signal"), "");
      await chown(join(data, "recovery.signal"), uid, gid);
      const server = startProcess({
        command: join(bed.binDirectory, "postgres"),
        args: ["-D", data, ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
        env: { PATH: process.env.PATH, LC_ALL: "C" },
        cwd: data,
        logFile: join(bed.directory, "logs", `${name}.log`),
        ...account,
      });
      stop = async () => {
        process.kill(server.pid, "SIGINT");
        await server.exited;
      };
      const newest = await untilAnswered(bed, port);
      if (newest !== history.newest) throw new Error(`by hand it was restored up to change ${newest}, not ${history.newest}`);
    });
  } finally {
    await stop();
    await rm(data, { recursive: true, force: true });
  }
};

/** A hot standby answers before recovery has ended: only a primary counts. */
const untilAnswered = async (bed: DatabaseBed, port: number): Promise<string> => {
  for (;;) {
    try {
      const client = await connect(bed, { host: "127.0.0.1", port });
      try {
        const { rows } = await client.query<{ recovering: boolean; newest: string }>(
          `SELECT pg_is_in_recovery() AS recovering, (${NEWEST}) AS newest`,
        );
        if (rows[0]?.recovering === false) return rows[0].newest;
      } finally {
        await client.end();
      }
    } catch {
      // Not yet.
    }
    await sleep(POLL_MS);
  }
};
