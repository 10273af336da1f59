import type {
  DBInstance,
  DBInstanceAutomatedBackup,
  ModifyDBInstanceMessage,
  RestoreDBInstanceToPointInTimeMessage,
  Tag,
} from "@aws-sdk/client-rds";
import { TAGS } from "./names";

export interface RestoreTarget {
  readonly identifier: string;
  readonly resourceId: string;
  readonly to: Date;
  readonly askedAt: Date;
}

/**
 * The call that restores an instance beside the failed one, with all that a restore would otherwise take a default for: groups, port, Multi-AZ, retention,
 * protection. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
 */
export const restoreRequest = (
  failed: DBInstance,
  backup: DBInstanceAutomatedBackup,
  { identifier, resourceId, to, askedAt }: RestoreTarget,
): RestoreDBInstanceToPointInTimeMessage => ({
  TargetDBInstanceIdentifier: identifier,
  SourceDbiResourceId: resourceId,
  RestoreTime: to,
  DBInstanceClass: failed.DBInstanceClass,
  // An instance that is gone may tell no endpoint any more; its backups still know the port.
  Port: failed.Endpoint?.Port ?? backup.Port,
  DBSubnetGroupName: failed.DBSubnetGroup?.DBSubnetGroupName,
  VpcSecurityGroupIds: failed.VpcSecurityGroups?.flatMap(({ VpcSecurityGroupId: id }) => id ?? []),
  DBParameterGroupName: failed.DBParameterGroups?.[0]?.DBParameterGroupName,
  ...(ownOptionGroup(failed) ?? {}),
  MultiAZ: failed.MultiAZ,
  ...(failed.MultiAZ === true ? {} : { AvailabilityZone: failed.AvailabilityZone }),
  PubliclyAccessible: failed.PubliclyAccessible,
  ...storageOf(failed),
  BackupRetentionPeriod: failed.BackupRetentionPeriod,
  PreferredBackupWindow: failed.PreferredBackupWindow,
  AutoMinorVersionUpgrade: failed.AutoMinorVersionUpgrade,
  CopyTagsToSnapshot: failed.CopyTagsToSnapshot,
  DeletionProtection: failed.DeletionProtection,
  EnableIAMDatabaseAuthentication: failed.IAMDatabaseAuthenticationEnabled,
  EnableCloudwatchLogsExports: failed.EnabledCloudwatchLogsExports,
  CACertificateIdentifier: failed.CACertificateIdentifier,
  NetworkType: failed.NetworkType,
  EngineLifecycleSupport: failed.EngineLifecycleSupport,
  Tags: tagsOf(failed, { [TAGS.from]: resourceId, [TAGS.to]: to.toISOString(), [TAGS.asked]: askedAt.toISOString() }),
});

/** A default option group is the engine's own affair. */
const ownOptionGroup = ({ OptionGroupMemberships = [] }: DBInstance): { readonly OptionGroupName: string } | undefined => {
  const own = OptionGroupMemberships.flatMap(({ OptionGroupName: name }) => name ?? []).find((name) => !name.startsWith("default:"));
  return own === undefined ? undefined : { OptionGroupName: own };
};

/** gp3 takes its own speed from this size on, GiB; below, RDS refuses one. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage */
const GP3_TUNABLE_GIB = 400;

const storageOf = ({ StorageType, AllocatedStorage = 0, MaxAllocatedStorage, Iops, StorageThroughput }: DBInstance) => {
  const provisioned = StorageType === "io1" || StorageType === "io2";
  const tunable = StorageType === "gp3" && AllocatedStorage >= GP3_TUNABLE_GIB;
  return {
    StorageType,
    MaxAllocatedStorage,
    ...(provisioned || tunable ? { Iops } : {}),
    ...(tunable ? { StorageThroughput } : {}),
  };
};

/** Those that AWS itself set cannot be given; those of an earlier restore are not of this one. */
const tagsOf = ({ TagList = [] }: DBInstance, ours: Readonly<Record<string, string>>): Tag[] => [
  ...TagList.filter(({ Key = "" }) => !Key.startsWith("aws:") && !(Key in ours)),
  ...Object.entries(ours).map(([Key, Value]) => ({ Key, Value })),
];

/** What a restore takes no word of, and the failed instance still tells; undefined when nothing differs. */
export const settingsRequest = (restored: DBInstance, failed: DBInstance): ModifyDBInstanceMessage | undefined => {
  const changes = {
    ...(failed.PreferredMaintenanceWindow === restored.PreferredMaintenanceWindow
      ? {}
      : { PreferredMaintenanceWindow: failed.PreferredMaintenanceWindow }),
    ...((failed.MonitoringInterval ?? 0) === (restored.MonitoringInterval ?? 0)
      ? {}
      : { MonitoringInterval: failed.MonitoringInterval, MonitoringRoleArn: failed.MonitoringRoleArn }),
    ...(failed.PerformanceInsightsEnabled === true && restored.PerformanceInsightsEnabled !== true
      ? {
          EnablePerformanceInsights: true,
          PerformanceInsightsKMSKeyId: failed.PerformanceInsightsKMSKeyId,
          PerformanceInsightsRetentionPeriod: failed.PerformanceInsightsRetentionPeriod,
        }
      : {}),
  };
  if (Object.keys(changes).length === 0) return undefined;
  return { DBInstanceIdentifier: restored.DBInstanceIdentifier, ApplyImmediately: true, ...changes };
};
