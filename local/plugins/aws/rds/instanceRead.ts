import type { DBInstance } from "@aws-sdk/client-rds";
import type { Properties } from "../../protocol/resource";
import { compact, number, text } from "../../protocol/values";
import { inOrder, unlessEmpty } from "../answers";
import { kept, regionOf, tagMap, tagsRead } from "../common";
import type { AwsContext } from "../context";
import { notRead } from "./instanceInputs";

/** What the official plugin outputs for what RDS leaves unsaid. */
export const instanceUnsaid = {
  ...{ address: "", endpoint: "", hostedZoneId: "", port: 0, latestRestorableTime: "", identifierPrefix: "", snapshotIdentifier: "" },
  ...{ availabilityZone: "", backupTarget: "", networkType: "", licenseModel: "", optionGroupName: "", caCertIdentifier: "" },
  ...{ engineLifecycleSupport: "", databaseInsightsMode: "", replicaMode: "", upgradeRolloutOrder: "", characterSetName: "", timezone: "" },
  ...{ domainFqdn: "", ncharCharacterSetName: "", monitoringRoleArn: "", masterUserSecretKmsKeyId: "", performanceInsightsKmsKeyId: "" },
  ...{ dbName: "", dbSubnetGroupName: "", parameterGroupName: "", kmsKeyId: "", backupWindow: "", maintenanceWindow: "" },
  ...{ iops: 0, storageThroughput: 0, storageType: "", performanceInsightsRetentionPeriod: 0, multiAz: false, vpcSecurityGroupIds: [] },
  ...{ listenerEndpoints: [], masterUserSecrets: [], replicas: [] },
};

/** Outputs that are no inputs. */
export const instanceComputed = [
  ...["address", "arn", "backupTarget", "characterSetName", "databaseInsightsMode", "domainFqdn", "endpoint"],
  ...["engineLifecycleSupport", "engineVersionActual", "hostedZoneId", "identifierPrefix", "latestRestorableTime", "licenseModel"],
  ...["listenerEndpoints", "masterUserSecretKmsKeyId", "masterUserSecrets", "monitoringRoleArn", "ncharCharacterSetName", "networkType"],
  ...["optionGroupName", "performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod", "replicaMode", "replicas", "resourceId"],
  ...["status", "tagsAll", "timezone", "upgradeRolloutOrder"],
];

/** The program may give a prefix: "15" of 15.9. */
const engineVersionOf = (state: Properties, actual: string | undefined): string | undefined => {
  const written = text(state, "engineVersion");
  return written !== undefined && actual?.startsWith(written) ? written : actual;
};

/** Storage that RDS has grown by itself, within what the program allows, is no drift. */
const allocatedOf = (state: Properties, found: number | undefined): number | undefined => {
  const written = number(state, "allocatedStorage");
  const most = number(state, "maxAllocatedStorage") ?? 0;
  return written !== undefined && found !== undefined && found > written && most > written ? written : found;
};

const sameText = (state: Properties, name: string, found: string | undefined): string | undefined => {
  const written = text(state, name);
  return written?.toLowerCase() === found?.toLowerCase() ? (written ?? found) : found;
};

/**
 * Empty where the state has a source: the replica was promoted. Within a region RDS tells the source's name, where a program may have given its ARN.
 */
const sourceOf = (state: Properties, found: string | undefined): string | undefined => {
  const written = text(state, "replicateSourceDb");
  if (found === undefined) return written === undefined ? undefined : "";
  return written?.endsWith(`:db:${found}`) ? written : found;
};

/** Whole seconds, as the official plugin writes times. */
const timeOf = (at: Date | undefined): string | undefined => at?.toISOString().replace(/\.\d{3}Z$/, "Z");

function inputsOf(context: AwsContext, found: DBInstance, state: Properties): Properties {
  const most = found.MaxAllocatedStorage ?? 0;
  const isImport = Object.keys(state).length === 0;
  return compact({
    ...kept(state, ...notRead),
    // As the official plugin imports: what RDS never told must not stand in the way of a deletion.
    ...(isImport ? { skipFinalSnapshot: true, deleteAutomatedBackups: true } : {}),
    region: regionOf(context, state),
    identifier: found.DBInstanceIdentifier,
    engine: sameText(state, "engine", found.Engine),
    engineVersion: engineVersionOf(state, found.EngineVersion),
    instanceClass: found.DBInstanceClass,
    allocatedStorage: allocatedOf(state, found.AllocatedStorage),
    maxAllocatedStorage: most > 0 ? most : state.maxAllocatedStorage === 0 ? 0 : undefined,
    storageType: found.StorageType,
    iops: unlessEmpty(state, "iops", found.Iops || undefined),
    storageThroughput: unlessEmpty(state, "storageThroughput", found.StorageThroughput || undefined),
    storageEncrypted: found.StorageEncrypted ?? false,
    kmsKeyId: unlessEmpty(state, "kmsKeyId", found.KmsKeyId),
    dbName: unlessEmpty(state, "dbName", found.DBName),
    username: found.MasterUsername,
    port: found.Endpoint?.Port ?? (found.DbInstancePort || undefined),
    multiAz: found.MultiAZ ?? false,
    availabilityZone: found.AvailabilityZone,
    replicateSourceDb: sourceOf(state, found.ReadReplicaSourceDBInstanceIdentifier),
    publiclyAccessible: found.PubliclyAccessible ?? false,
    dbSubnetGroupName: found.DBSubnetGroup?.DBSubnetGroupName,
    parameterGroupName: found.DBParameterGroups?.[0]?.DBParameterGroupName,
    vpcSecurityGroupIds: inOrder(
      state,
      "vpcSecurityGroupIds",
      (found.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []),
    ),
    caCertIdentifier: found.CACertificateIdentifier,
    enabledCloudwatchLogsExports: inOrder(state, "enabledCloudwatchLogsExports", found.EnabledCloudwatchLogsExports),
    backupRetentionPeriod: found.BackupRetentionPeriod ?? 0,
    backupWindow: found.PreferredBackupWindow,
    maintenanceWindow: sameText(state, "maintenanceWindow", found.PreferredMaintenanceWindow),
    copyTagsToSnapshot: found.CopyTagsToSnapshot ?? false,
    deletionProtection: found.DeletionProtection ?? false,
    autoMinorVersionUpgrade: found.AutoMinorVersionUpgrade ?? true,
    ...tagsRead(context, tagMap(found.TagList), state),
  });
}

/** An instance as RDS has it, with what only the state knows. */
export function instanceRead(context: AwsContext, found: DBInstance, state: Properties) {
  const inputs = inputsOf(context, found, state);
  const { Address, Port, HostedZoneId } = found.Endpoint ?? {};
  const told = compact({
    ...inputs,
    address: Address,
    endpoint: Address === undefined || Port === undefined ? undefined : `${Address}:${Port}`,
    hostedZoneId: HostedZoneId,
    arn: found.DBInstanceArn,
    resourceId: found.DbiResourceId,
    status: found.DBInstanceStatus,
    engineVersionActual: found.EngineVersion,
    latestRestorableTime: timeOf(found.LatestRestorableTime),
    backupTarget: found.BackupTarget,
    networkType: found.NetworkType,
    licenseModel: found.LicenseModel,
    optionGroupName: found.OptionGroupMemberships?.[0]?.OptionGroupName,
    engineLifecycleSupport: found.EngineLifecycleSupport,
    databaseInsightsMode: found.DatabaseInsightsMode,
    upgradeRolloutOrder: found.UpgradeRolloutOrder,
    replicas: found.ReadReplicaDBInstanceIdentifiers ?? [],
    tagsAll: tagMap(found.TagList),
  });
  return { inputs, outputs: { ...instanceUnsaid, ...told } };
}
