import type { DBSnapshot } from "@aws-sdk/client-rds";
import type { Snapshot } from "../../instances/records";
import { type Region, tagList } from "../../instances/region";
import { optionGroupOf } from "./instance";

export const viewSnapshot = (snapshot: Snapshot, region: Region): DBSnapshot => {
  const { source, encryption } = snapshot;
  const { settings } = source;
  return {
    DBSnapshotIdentifier: snapshot.identifier,
    DBSnapshotArn: snapshot.arn,
    DBInstanceIdentifier: source.identifier,
    DbiResourceId: source.resourceId,
    SnapshotType: "manual",
    Status: snapshot.status,
    PercentProgress: snapshot.status === "available" ? 100 : 0,
    SnapshotCreateTime: snapshot.createdAt,
    OriginalSnapshotCreateTime: snapshot.originalCreatedAt,
    SnapshotDatabaseTime: snapshot.originalCreatedAt,
    InstanceCreateTime: source.createdAt,
    Engine: "postgres",
    EngineVersion: source.engineVersion,
    MasterUsername: source.masterUsername,
    LicenseModel: "postgresql-license",
    OptionGroupName: optionGroupOf(source.engineVersion),
    Port: source.port,
    VpcId: source.vpcId,
    AvailabilityZone: settings.availabilityZone,
    AllocatedStorage: settings.allocatedStorageGib,
    StorageType: settings.storageType,
    Iops: settings.iops,
    StorageThroughput: settings.storageThroughput,
    BackupRetentionPeriod: settings.backupRetentionDays,
    PreferredBackupWindow: settings.backupWindow,
    Encrypted: encryption.encrypted,
    KmsKeyId: encryption.kmsKeyArn,
    SourceRegion: snapshot.copiedFrom?.region,
    SourceDBSnapshotIdentifier: snapshot.copiedFrom?.arn,
    SnapshotTarget: "region",
    IAMDatabaseAuthenticationEnabled: false,
    DedicatedLogVolume: false,
    ProcessorFeatures: [],
    FullSnapshotSizeInBytes: snapshot.sizeBytes,
    TagList: [...tagList(region, snapshot.arn)],
  };
};
