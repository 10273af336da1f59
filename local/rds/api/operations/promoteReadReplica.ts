import { z } from "zod";
import { startPromotion } from "../../instances/promotion";
import { checkWindows } from "../../instances/windows";
import type { Operation } from "../context";
import { invalidState } from "../errors";
import { parseInput, retentionDays } from "../inputs";
import { viewInstance } from "../views/instance";
import { instanceNamed } from "./named";

const promoteInput = z.strictObject({
  DBInstanceIdentifier: z.string(),
  BackupRetentionPeriod: retentionDays.optional(),
  PreferredBackupWindow: z.string().optional(),
});

/** Asks nothing of the source or its region: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html */
export const promoteReadReplica: Operation = (raw, context) => {
  const input = parseInput("PromoteReadReplica", promoteInput, raw);
  const instance = instanceNamed(input.DBInstanceIdentifier, context);
  if (instance.replicaOf === undefined) throw invalidState("DB Instance is not a read replica.");
  if (instance.status !== "available") {
    throw invalidState(`Database instance ${instance.identifier} is not in available state: it is ${instance.status}.`);
  }
  const { settings } = instance;
  const backupWindow = input.PreferredBackupWindow ?? settings.backupWindow;
  checkWindows(backupWindow, settings.maintenanceWindow);
  // The default is 1, where the replica was not given a retention of its own.
  const backupRetentionDays = input.BackupRetentionPeriod ?? (settings.backupRetentionDays || 1);
  startPromotion(instance, { backupRetentionDays, backupWindow }, context);
  return { DBInstance: viewInstance(instance, context) };
};
