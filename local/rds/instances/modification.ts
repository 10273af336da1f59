import type { Context } from "../api/context";
import type { DatabaseServer } from "../engine";
import { archivingOf, refreshBackups, removeBackup } from "./backups";
import type { Instance, Pending } from "./records";
import { rename } from "./rename";
import { say } from "./say";
import { standbyOf } from "./serverSettings";
import { become } from "./states";
import { firstBackup } from "./transitions";

export interface Modification {
  /** Those of the pending changes that do not wait. */
  readonly applied: Pending;
  readonly password?: string;
}

/** What was accepted is carried out one after another; the first failure ends it, and what was done by then stays. */
export const carryOut = async (instance: Instance, { applied, password }: Modification, context: Context): Promise<void> => {
  try {
    if (password !== undefined) await changePassword(instance, password, context);
    const { backupRetentionDays: days, multiAz } = applied;
    if (days !== undefined && days !== instance.settings.backupRetentionDays) await changeRetention(instance, days, context);
    if (multiAz !== undefined && multiAz !== instance.settings.multiAz) await changeStandby(instance, multiAz, context);
  } finally {
    instance.passwordPending = false;
  }
  const { identifier, ...settings } = applied;
  instance.settings = { ...instance.settings, ...settings };
  const left = Object.entries(instance.pending).filter(([name]) => !Object.hasOwn(applied, name));
  instance.pending = Object.fromEntries(left);
  if (identifier !== undefined && identifier !== instance.identifier) await changeIdentifier(instance, identifier, context);
  refreshBackups(instance, context);
  if (instance.server !== undefined) await firstBackup(instance, instance.server, context);
  become(instance, "available");
};

const serverOf = ({ server }: Instance): DatabaseServer => {
  if (server === undefined) throw new Error("the instance has no server");
  return server;
};

const changePassword = async (instance: Instance, password: string, context: Context): Promise<void> => {
  await serverOf(instance).setMasterPassword(password);
  say(instance, context, "configuration change", "Reset master credentials");
};

/** Without retention there are no automated backups: RDS deletes them at once. */
const changeRetention = async (instance: Instance, days: number, context: Context): Promise<void> => {
  await serverOf(instance).setArchiving(archivingOf(days, context));
  const own = context.region.backups.get(instance.resourceId);
  if (days === 0 && own !== undefined) await removeBackup(context.region, own, context);
  say(instance, context, "configuration change", `Updated backup retention period to ${days}`);
};

const changeStandby = async (instance: Instance, multiAz: boolean, context: Context): Promise<void> => {
  const kind = multiAz ? "Multi-AZ DB instance" : "standard (Single-AZ) DB instance";
  say(instance, context, "configuration change", `Applying modification to convert to a ${kind}`);
  await serverOf(instance).setStandby(standbyOf({ settings: { ...instance.settings, multiAz } }, context));
  instance.settings = { ...instance.settings, multiAz };
  say(instance, context, "configuration change", `Finished applying modification to convert to a ${kind}`);
};

/** RDS reboots the instance with it. */
const changeIdentifier = async (instance: Instance, identifier: string, context: Context): Promise<void> => {
  become(instance, "renaming");
  rename(instance, identifier, context);
  become(instance, "rebooting");
  await serverOf(instance).restart();
  say(instance, context, "availability", "DB instance restarted");
};
