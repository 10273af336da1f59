import { z } from "zod";
import { removeBackup } from "../../instances/backups";
import type { AutomatedBackup } from "../../instances/records";
import type { Context, Operation } from "../context";
import { backupNotFound, invalidCombination, RdsError } from "../errors";
import { filtered, filters, page, paging, parseInput } from "../inputs";
import { statusOf, viewAutomatedBackup } from "../views/automatedBackup";
import { backupsOf } from "./named";

const describeInput = z.strictObject({
  ...paging,
  DbiResourceId: z.string().optional(),
  DBInstanceIdentifier: z.string().optional(),
  DBInstanceAutomatedBackupsArn: z.string().optional(),
  Filters: filters,
});

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Those of the call's region: its own, and replicated ones. One that is named must be there. */
export const describeDBInstanceAutomatedBackups: Operation = (raw, context) => {
  const input = parseInput("DescribeDBInstanceAutomatedBackups", describeInput, raw);
  const { DbiResourceId: resource, DBInstanceIdentifier: instance, DBInstanceAutomatedBackupsArn: arn } = input;
  const named = backupsOf(context)
    .filter((backup) => resource === undefined || same(backup.source.resourceId, resource))
    .filter(({ source }) => instance === undefined || same(source.identifier, instance) || source.arn === instance)
    .filter((backup) => arn === undefined || backup.arn === arn);
  const asked = arn ?? resource ?? instance;
  if (asked !== undefined && named.length === 0) throw backupNotFound(asked);
  const kept = filtered(named, input.Filters, {
    status: (backup) => [statusOf(backup, context.engine.chain(backup.chain))],
    "db-instance-id": ({ source }) => [source.identifier, source.arn],
    "dbi-resource-id": ({ source }) => [source.resourceId],
  });
  const { items, next } = page(kept, input);
  return { DBInstanceAutomatedBackups: items.map((backup) => viewAutomatedBackup(backup, context)), Marker: next };
};

const deleteInput = z.strictObject({ DbiResourceId: z.string().optional(), DBInstanceAutomatedBackupsArn: z.string().optional() });

export const deleteDBInstanceAutomatedBackup: Operation = async (raw, context) => {
  const { DbiResourceId: resource, DBInstanceAutomatedBackupsArn: arn } = parseInput("DeleteDBInstanceAutomatedBackup", deleteInput, raw);
  if ((resource === undefined) === (arn === undefined)) {
    throw invalidCombination("Exactly one of DbiResourceId and DBInstanceAutomatedBackupsArn must be specified.");
  }
  const backup = backupsOf(context).find((each) => (arn === undefined ? same(each.source.resourceId, resource ?? "") : each.arn === arn));
  if (backup === undefined) throw backupNotFound(arn ?? resource ?? "");
  mustBeRetained(backup, context);
  const answer = { ...viewAutomatedBackup(backup, context), Status: "deleting" };
  await removeBackup(context.region, backup, context);
  return { DBInstanceAutomatedBackup: answer };
};

/** Backups of an instance that still makes them go with its retention period, or with the replication. */
const mustBeRetained = (backup: AutomatedBackup, context: Context): void => {
  const status = statusOf(backup, context.engine.chain(backup.chain));
  if (status === "retained") return;
  throw new RdsError(
    "InvalidDBInstanceAutomatedBackupState",
    `The automated backup ${backup.arn} is ${status}. ${backup.replicated ? "Stop its replication" : "Delete its DB instance"} first.`,
  );
};
