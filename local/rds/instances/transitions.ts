import { messageOf } from "../../../recovery/errors";
import type { Context } from "../api/context";
import type { DatabaseServer } from "../engine";
import { hasBaseBackup, refreshBackups } from "./backups";
import { watchFailovers } from "./failovers";
import type { Instance, InstanceStatus } from "./records";
import { refreshReplication } from "./replicas";
import { say } from "./say";
import { become } from "./states";

/** A failure that leaves the instance in `status`, with an event that says why. */
export const failure =
  (instance: Instance, context: Context, status: InstanceStatus, what: string) =>
  (thrown: unknown): void => {
    become(instance, status);
    if (!instance.lost) say(instance, context, "failure", `${what}: ${messageOf(thrown)}`);
  };

export interface Booting {
  readonly start: () => Promise<DatabaseServer>;
  readonly category: "creation" | "restoration";
  readonly done: string;
  /** What the instance becomes when the engine fails. */
  readonly failed: "failed" | "incompatible-restore";
}

/** creating, backing-up when it has no base backup yet, available. */
export const boot = (instance: Instance, context: Context, { start, category, done, failed }: Booting): void => {
  const work = async (): Promise<void> => {
    const server = await start();
    if (instance.lost) {
      await server.kill();
      return server.erase();
    }
    instance.server = server;
    watchFailovers(instance, server, context);
    refreshBackups(instance, context);
    say(instance, context, category, done);
    await refreshReplication(instance, context);
    await firstBackup(instance, server, context);
    become(instance, "available");
  };
  context.background.queue(instance, work, failure(instance, context, failed, "The engine could not start the DB instance"));
};

/**
 * Without a base backup the server still serves; that it has none is said, and the engine's next one begins the window. A read replica has none: its
 * retention is recorded, and begins with its promotion.
 */
export const firstBackup = async (instance: Instance, server: DatabaseServer, context: Context): Promise<void> => {
  const { replicaOf, settings } = instance;
  if (replicaOf !== undefined || settings.backupRetentionDays === 0 || hasBaseBackup(instance, context)) return;
  become(instance, "backing-up");
  say(instance, context, "backup", "Backing up DB instance");
  try {
    await server.takeBaseBackup();
    say(instance, context, "backup", "Finished DB Instance backup");
  } catch (thrown) {
    say(instance, context, "failure", `The DB instance could not be backed up: ${messageOf(thrown)}`);
  }
};
