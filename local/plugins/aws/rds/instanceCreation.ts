import {
  CreateDBInstanceCommand,
  type RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from "@aws-sdk/client-rds";
import { LifeboatError } from "../../../../recovery/errors";
import type { Properties } from "../../protocol/resource";
import { flag, number, record, requiredText, text } from "../../protocol/values";
import { requireOne } from "../choice";
import type { Tags } from "../common";
import { replicate, sourceOf } from "./instanceReplica";
import { common, type Started } from "./instanceSettings";

async function create(client: RDSClient, inputs: Properties, tags: Tags): Promise<Started> {
  const missing = ["allocatedStorage", "engine", "username"].filter((name) => inputs[name] === undefined);
  if (missing.length > 0) {
    throw new LifeboatError({
      code: "configuration",
      what: `The new instance ${requiredText(inputs, "identifier")} lacks ${missing.join(", ")}`,
      hint: "Give them, or snapshotIdentifier, restoreToPointInTime or replicateSourceDb, which bring them along",
    });
  }
  const answer = await client.send(
    new CreateDBInstanceCommand({
      ...common(inputs, tags),
      DBInstanceIdentifier: requiredText(inputs, "identifier"),
      AllocatedStorage: number(inputs, "allocatedStorage"),
      BackupRetentionPeriod: number(inputs, "backupRetentionPeriod") ?? 0,
      DBName: text(inputs, "dbName"),
      Engine: requiredText(inputs, "engine"),
      EngineVersion: text(inputs, "engineVersion"),
      Iops: number(inputs, "iops"),
      KmsKeyId: text(inputs, "kmsKeyId"),
      MasterUsername: requiredText(inputs, "username"),
      MasterUserPassword: text(inputs, "password"),
      MaxAllocatedStorage: number(inputs, "maxAllocatedStorage") || undefined,
      PreferredBackupWindow: text(inputs, "backupWindow"),
      PreferredMaintenanceWindow: text(inputs, "maintenanceWindow"),
      StorageEncrypted: flag(inputs, "storageEncrypted"),
      StorageThroughput: number(inputs, "storageThroughput"),
      StorageType: text(inputs, "storageType"),
    }),
  );
  const authority = text(inputs, "caCertIdentifier");
  const isDefault = authority === undefined || authority === answer.DBInstance?.CACertificateIdentifier;
  return { instance: answer.DBInstance, left: isDefault ? {} : { CACertificateIdentifier: authority } };
}

async function restoreToTime(client: RDSClient, inputs: Properties, restore: Properties, tags: Tags): Promise<Started> {
  const identifier = requiredText(inputs, "identifier");
  requireOne(
    restore,
    `restoreToPointInTime of the instance ${identifier}`,
    "sourceDbInstanceAutomatedBackupsArn",
    "sourceDbInstanceIdentifier",
    "sourceDbiResourceId",
  );
  const at = text(restore, "restoreTime");
  const answer = await client.send(
    new RestoreDBInstanceToPointInTimeCommand({
      ...common(inputs, tags),
      TargetDBInstanceIdentifier: identifier,
      SourceDBInstanceAutomatedBackupsArn: text(restore, "sourceDbInstanceAutomatedBackupsArn"),
      SourceDBInstanceIdentifier: text(restore, "sourceDbInstanceIdentifier"),
      SourceDbiResourceId: text(restore, "sourceDbiResourceId"),
      RestoreTime: at === undefined ? undefined : new Date(at),
      UseLatestRestorableTime: flag(restore, "useLatestRestorableTime") || undefined,
      DBName: text(inputs, "dbName"),
      Iops: number(inputs, "iops"),
      MaxAllocatedStorage: number(inputs, "maxAllocatedStorage") || undefined,
      StorageType: text(inputs, "storageType"),
    }),
  );
  // The official plugin sets nothing else after such a restore, not even the backup retention period:
  // https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/rds/instance.go
  return { instance: answer.DBInstance, left: { MasterUserPassword: text(inputs, "password") } };
}

async function restoreSnapshot(client: RDSClient, inputs: Properties, snapshot: string, tags: Tags): Promise<Started> {
  const answer = await client.send(
    new RestoreDBInstanceFromDBSnapshotCommand({
      ...common(inputs, tags),
      DBInstanceIdentifier: requiredText(inputs, "identifier"),
      DBSnapshotIdentifier: snapshot,
    }),
  );
  const left = {
    AllocatedStorage: number(inputs, "allocatedStorage"),
    BackupRetentionPeriod: number(inputs, "backupRetentionPeriod"),
    EngineVersion: text(inputs, "engineVersion"),
    Iops: number(inputs, "iops"),
    MasterUserPassword: text(inputs, "password"),
    MaxAllocatedStorage: number(inputs, "maxAllocatedStorage") || undefined,
    PreferredBackupWindow: text(inputs, "backupWindow"),
    PreferredMaintenanceWindow: text(inputs, "maintenanceWindow"),
    StorageThroughput: number(inputs, "storageThroughput"),
    StorageType: text(inputs, "storageType"),
  };
  // By itself it is no modification: "InvalidParameterCombination: No modifications were requested".
  const isModified = Object.values(left).some((value) => value !== undefined);
  return {
    instance: answer.DBInstance,
    left: isModified ? { ...left, AllowMajorVersionUpgrade: flag(inputs, "allowMajorVersionUpgrade") } : {},
  };
}

/** Makes the instance in the way that its inputs say: as a replica, from a time, from a snapshot, or empty. */
export function startCreation(client: RDSClient, inputs: Properties, tags: Tags): Promise<Started> {
  const restore = record(inputs, "restoreToPointInTime");
  const snapshot = text(inputs, "snapshotIdentifier");
  const source = sourceOf(inputs);
  if (source !== undefined) return replicate(client, inputs, source, tags);
  if (restore !== undefined) return restoreToTime(client, inputs, restore, tags);
  return snapshot === undefined ? create(client, inputs, tags) : restoreSnapshot(client, inputs, snapshot, tags);
}

export const isRestored = (inputs: Properties): boolean =>
  inputs.restoreToPointInTime !== undefined || inputs.snapshotIdentifier !== undefined;
