import type { Context } from "../api/context";
import type { DatabaseServer } from "../engine";
import { archivingOf, refreshBackups } from "./backups";
import type { Instance, Settings } from "./records";
import { say } from "./say";
import { become } from "./states";
import { failure, firstBackup } from "./transitions";

export type PromotedSettings = Pick<Settings, "backupRetentionDays" | "backupWindow">;

/** modifying, rebooting, backing-up when it gets automated backups, available: an instance of its own. Else it stays the replica that it was. */
export const startPromotion = (instance: Instance, settings: PromotedSettings, context: Context): void => {
  become(instance, "modifying");
  context.background.queue(
    instance,
    () => promote(instance, settings, context),
    failure(instance, context, "available", "The read replica could not be promoted"),
  );
};

const promote = async (instance: Instance, settings: PromotedSettings, context: Context): Promise<void> => {
  const { server } = instance;
  if (server === undefined) throw new Error("the instance has no server");
  become(instance, "rebooting");
  await endReplication(server, instance, settings, context);
  instance.replicaOf = undefined;
  instance.replication = undefined;
  instance.settings = { ...instance.settings, ...settings };
  refreshBackups(instance, context);
  say(instance, context, "availability", "DB instance restarted");
  await firstBackup(instance, server, context);
  become(instance, "available");
};

/** It archives from its first own commit on. */
const endReplication = async (
  server: DatabaseServer,
  { settings: before }: Instance,
  { backupRetentionDays }: PromotedSettings,
  context: Context,
): Promise<void> => {
  await server.setArchiving(archivingOf(backupRetentionDays, context));
  try {
    await server.promote();
  } catch (thrown) {
    await server.setArchiving(archivingOf(before.backupRetentionDays, context));
    throw thrown;
  }
};
