import type { DBInstanceAutomatedBackup } from "@aws-sdk/client-rds";
import type { BackupChain } from "../../engine";
import type { AutomatedBackup } from "../../instances/records";
import { tagList } from "../../instances/region";
import type { Context } from "../context";
import { optionGroupOf } from "./instance";

/**
 * `retained` stands for a deleted instance's backups, and for replicated ones whose replication was stopped. While a region is cut off
 * nothing stops by itself: the status stays and the newest restorable time falls behind. A replica is `pending` until it has a base backup.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstanceAutomatedBackups.html
 */
export const statusOf = (backup: AutomatedBackup, chain: BackupChain | undefined): string => {
  if (backup.stopped || backup.sourceDeleted) return "retained";
  if (chain?.window === undefined) return backup.replicated ? "pending" : "creating";
  return backup.replicated ? "replicating" : "active";
};

const replicationsOf = (backup: AutomatedBackup, context: Context): readonly string[] =>
  backup.replicated
    ? []
    : [...context.regions()]
        .flatMap(({ backups }) => backups.get(backup.chain.resourceId) ?? [])
        .filter(({ replicated, stopped }) => replicated && !stopped)
        .map(({ arn }) => arn);

export const viewAutomatedBackup = (backup: AutomatedBackup, context: Context): DBInstanceAutomatedBackup => {
  const { source, encryption } = backup;
  const { settings } = source;
  const chain = context.engine.chain(backup.chain);
  return {
    DBInstanceAutomatedBackupsArn: backup.arn,
    DBInstanceArn: source.arn,
    DbiResourceId: source.resourceId,
    DBInstanceIdentifier: source.identifier,
    // The source's, also for replicated backups: https://docs.aws.amazon.com/cli/latest/reference/rds/stop-db-instance-automated-backups-replication.html
    Region: source.region,
    Status: statusOf(backup, chain),
    RestoreWindow: chain?.window && { EarliestTime: chain.window.earliest, LatestTime: chain.window.latest },
    InstanceCreateTime: source.createdAt,
    Engine: "postgres",
    EngineVersion: source.engineVersion,
    MasterUsername: source.masterUsername,
    LicenseModel: "postgresql-license",
    OptionGroupName: optionGroupOf(source.engineVersion),
    Port: source.port,
    // A replica has no place in the recovery region's network.
    VpcId: backup.replicated ? undefined : source.vpcId,
    AvailabilityZone: backup.replicated ? undefined : settings.availabilityZone,
    AllocatedStorage: settings.allocatedStorageGib,
    StorageType: settings.storageType,
    Iops: settings.iops,
    StorageThroughput: settings.storageThroughput,
    BackupRetentionPeriod: backup.retentionDays,
    PreferredBackupWindow: settings.backupWindow,
    BackupTarget: "region",
    Encrypted: encryption.encrypted,
    KmsKeyId: encryption.kmsKeyArn,
    IAMDatabaseAuthenticationEnabled: false,
    DedicatedLogVolume: false,
    DBInstanceAutomatedBackupsReplications: replicationsOf(backup, context).map((arn) => ({ DBInstanceAutomatedBackupsArn: arn })),
    TagList: [...tagList(context.region, backup.arn)],
  };
};
