import { CreateDBInstanceReadReplicaCommand, type DBInstance, PromoteReadReplicaCommand, type RDSClient } from "@aws-sdk/client-rds";
import { LifeboatError } from "../../../../recovery/errors";
import type { Properties } from "../../protocol/resource";
import { number, requiredText, text } from "../../protocol/values";
import type { Tags } from "../common";
import { common, type Started } from "./instanceSettings";

/** The source that a program names; undefined for what is no replica. */
export const sourceOf = (inputs: Properties): string | undefined => text(inputs, "replicateSourceDb") || undefined;

/** A read replica of `source`, with what only a ModifyDBInstance can set, as the official plugin does it: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/rds/instance.go */
export async function replicate(client: RDSClient, inputs: Properties, source: string, tags: Tags): Promise<Started> {
  // The source brings its engine, and a replica of PostgreSQL takes no parameter group when it is made.
  const { Engine: _engine, DBParameterGroupName: _group, ...settings } = common(inputs, tags);
  const answer = await client.send(
    new CreateDBInstanceReadReplicaCommand({
      ...settings,
      DBInstanceIdentifier: requiredText(inputs, "identifier"),
      SourceDBInstanceIdentifier: source,
      Iops: number(inputs, "iops"),
      KmsKeyId: text(inputs, "kmsKeyId"),
      StorageThroughput: number(inputs, "storageThroughput"),
      StorageType: text(inputs, "storageType"),
    }),
  );
  const left = leftOf(inputs, answer.DBInstance ?? {});
  return { instance: answer.DBInstance, left, reboot: left.DBParameterGroupName !== undefined };
}

/** `asked`, where the new replica has another value. */
const unlessSame = <T>(asked: T | undefined, found: T | undefined): T | undefined => (asked === found ? undefined : asked);

const leftOf = (inputs: Properties, made: DBInstance): Started["left"] => ({
  BackupRetentionPeriod: unlessSame(number(inputs, "backupRetentionPeriod") || undefined, made.BackupRetentionPeriod),
  CACertificateIdentifier: unlessSame(text(inputs, "caCertIdentifier"), made.CACertificateIdentifier),
  DBParameterGroupName: unlessSame(text(inputs, "parameterGroupName"), made.DBParameterGroups?.[0]?.DBParameterGroupName),
  MasterUserPassword: text(inputs, "password"),
  MaxAllocatedStorage: unlessSame(number(inputs, "maxAllocatedStorage") || undefined, made.MaxAllocatedStorage),
  PreferredBackupWindow: unlessSame(text(inputs, "backupWindow"), made.PreferredBackupWindow),
  PreferredMaintenanceWindow: unlessSame(text(inputs, "maintenanceWindow")?.toLowerCase(), made.PreferredMaintenanceWindow),
});

/** Promotes a replica whose program names no source any more. True: it was, and is being changed now. */
export async function promoteIfReleased(client: RDSClient, identifier: string, olds: Properties, news: Properties): Promise<boolean> {
  const [before, after] = [sourceOf(olds), sourceOf(news)];
  if (before === after) return false;
  if (after !== undefined) {
    throw new LifeboatError({
      code: "configuration",
      what: `The database ${identifier} cannot become a replica of another source`,
      received: `replicateSourceDb ${after} instead of ${before ?? "none"}`,
      allowed: "the source that it has, or none, which promotes it",
      hint: "Make a new instance for another source; after a promotion leave replicateSourceDb out",
    });
  }
  await client.send(
    new PromoteReadReplicaCommand({
      DBInstanceIdentifier: identifier,
      BackupRetentionPeriod: number(news, "backupRetentionPeriod") ?? number(olds, "backupRetentionPeriod") ?? 0,
      PreferredBackupWindow: text(news, "backupWindow") ?? (text(olds, "backupWindow") || undefined),
    }),
  );
  return true;
}
