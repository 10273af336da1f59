import type { DBInstance } from "@aws-sdk/client-rds";
import { chainOf, type Instance } from "../../instances/records";
import { tagList } from "../../instances/region";
import { nameFrom, readReplicasOf, replicationInfos } from "../../instances/replicas";
import type { Context } from "../context";
import { viewSubnetGroup } from "./subnetGroup";

/** The port that clients are told before the server has one: the family's default. */
export const defaultPort = 5432;

const activeReplications = ({ resourceId }: Instance, context: Context): readonly string[] =>
  [...context.regions()]
    .flatMap(({ backups }) => backups.get(resourceId) ?? [])
    .filter(({ replicated, stopped }) => replicated && !stopped)
    .map(({ arn }) => arn);

const replicationOf = (instance: Instance, context: Context): DBInstance => {
  const { region, replicaOf } = instance;
  return {
    ReadReplicaSourceDBInstanceIdentifier: replicaOf && nameFrom(region, replicaOf),
    ReadReplicaDBInstanceIdentifiers: readReplicasOf(instance, context).map(({ instance: replica }) => nameFrom(region, replica)),
    StatusInfos: replicationInfos(instance, context),
  };
};

const endpointOf = ({ server }: Instance): DBInstance["Endpoint"] =>
  // No Route 53 zone stands behind an address of this host; clients read the member, so that it is there.
  server && { Address: server.host, Port: server.port, HostedZoneId: "ZLOCAL" };

const pendingOf = ({ pending, passwordPending }: Instance): NonNullable<DBInstance["PendingModifiedValues"]> => ({
  DBInstanceIdentifier: pending.identifier,
  DBInstanceClass: pending.instanceClass,
  AllocatedStorage: pending.allocatedStorageGib,
  MultiAZ: pending.multiAz,
  StorageType: pending.storageType,
  Iops: pending.iops,
  StorageThroughput: pending.storageThroughput,
  BackupRetentionPeriod: pending.backupRetentionDays,
  // Never the password itself: that it waits is all that the API says.
  MasterUserPassword: passwordPending ? "****" : undefined,
});

const switchedOff = {
  DBSecurityGroups: [],
  ReadReplicaDBClusterIdentifiers: [],
  DomainMemberships: [],
  AssociatedRoles: [],
  LicenseModel: "postgresql-license",
  DbInstancePort: 0,
  CACertificateIdentifier: "rds-ca-rsa2048-g1",
  MonitoringInterval: 0,
  IAMDatabaseAuthenticationEnabled: false,
  PerformanceInsightsEnabled: false,
  DatabaseInsightsMode: "standard",
  CustomerOwnedIpEnabled: false,
  NetworkType: "IPV4",
  BackupTarget: "region",
  ActivityStreamStatus: "stopped",
  DedicatedLogVolume: false,
} as const satisfies DBInstance;

export const viewInstance = (instance: Instance, context: Context): DBInstance => {
  const { settings, encryption, server } = instance;
  const group = context.region.subnetGroups.get(settings.subnetGroup);
  return {
    ...switchedOff,
    ...replicationOf(instance, context),
    DBInstanceIdentifier: instance.identifier,
    DBInstanceArn: instance.arn,
    DbiResourceId: instance.resourceId,
    DBInstanceStatus: instance.status,
    InstanceCreateTime: instance.createdAt,
    Engine: "postgres",
    EngineVersion: instance.engineVersion,
    MasterUsername: instance.masterUsername,
    DBName: instance.databaseName,
    Endpoint: endpointOf(instance),
    DBInstanceClass: settings.instanceClass,
    AllocatedStorage: settings.allocatedStorageGib,
    MaxAllocatedStorage: settings.maxAllocatedStorageGib,
    StorageType: settings.storageType,
    Iops: settings.iops,
    StorageThroughput: settings.storageThroughput,
    MultiAZ: settings.multiAz,
    AvailabilityZone: server?.zone ?? settings.availabilityZone,
    SecondaryAvailabilityZone: server?.standby?.zone,
    PubliclyAccessible: settings.publiclyAccessible,
    DBSubnetGroup: group && viewSubnetGroup(group),
    VpcSecurityGroups: settings.securityGroups.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId, Status: "active" })),
    DBParameterGroups: [{ DBParameterGroupName: settings.parameterGroup, ParameterApplyStatus: instance.parameterStatus }],
    OptionGroupMemberships: [{ OptionGroupName: optionGroupOf(instance.engineVersion), Status: "in-sync" }],
    BackupRetentionPeriod: settings.backupRetentionDays,
    PreferredBackupWindow: settings.backupWindow,
    PreferredMaintenanceWindow: settings.maintenanceWindow,
    LatestRestorableTime: context.engine.chain(chainOf(instance))?.window?.latest,
    DBInstanceAutomatedBackupsReplications: activeReplications(instance, context).map((arn) => ({ DBInstanceAutomatedBackupsArn: arn })),
    AutoMinorVersionUpgrade: settings.autoMinorVersionUpgrade,
    CopyTagsToSnapshot: settings.copyTagsToSnapshot,
    DeletionProtection: settings.deletionProtection,
    EngineLifecycleSupport: settings.lifecycleSupport,
    StorageEncrypted: encryption.encrypted,
    KmsKeyId: encryption.kmsKeyArn,
    PendingModifiedValues: pendingOf(instance),
    TagList: [...tagList(context.region, instance.arn)],
  };
};

export const optionGroupOf = (engineVersion: string): string => `default:postgres-${engineVersion.split(".")[0]}`;
