import { type DBInstance, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { LifeboatError } from "../../../../recovery/errors";
import type { FunctionHandler, Properties } from "../../protocol/resource";
import { compact, text, textMap } from "../../protocol/values";
import { regionInput, regionOf, tagMap, unlessGone } from "../common";
import type { AwsContext } from "../context";
import { rds } from "../rds/client";
import { instanceGone } from "../rds/instanceWait";
import { notFound } from "./notFound";

const hint = "Check the identifier, the tags and the region";

/** What the official plugin answers for what RDS leaves unsaid. */
const unsaid = {
  ...{ address: "", endpoint: "", hostedZoneId: "", port: 0, availabilityZone: "", caCertIdentifier: "", databaseInsightsMode: "" },
  ...{ dbClusterIdentifier: "", dbInstancePort: 0, dbName: "", dbSubnetGroup: "", iops: 0, kmsKeyId: "", licenseModel: "" },
  ...{ maxAllocatedStorage: 0, monitoringInterval: 0, monitoringRoleArn: "", networkType: "", replicateSourceDb: "" },
  ...{ storageThroughput: 0, storageType: "", timezone: "", upgradeRolloutOrder: "", masterUserSecrets: [] },
};

function described(found: DBInstance): Properties {
  const { Address, Port, HostedZoneId } = found.Endpoint ?? {};
  return compact({
    ...unsaid,
    ...compact({
      id: found.DBInstanceIdentifier,
      dbInstanceIdentifier: found.DBInstanceIdentifier,
      dbInstanceArn: found.DBInstanceArn,
      dbInstanceClass: found.DBInstanceClass,
      dbInstancePort: found.DbInstancePort,
      resourceId: found.DbiResourceId,
      address: Address,
      port: Port,
      endpoint: Address === undefined || Port === undefined ? undefined : `${Address}:${Port}`,
      hostedZoneId: HostedZoneId,
      allocatedStorage: found.AllocatedStorage,
      autoMinorVersionUpgrade: found.AutoMinorVersionUpgrade,
      availabilityZone: found.AvailabilityZone,
      backupRetentionPeriod: found.BackupRetentionPeriod,
      caCertIdentifier: found.CACertificateIdentifier,
      dbName: found.DBName,
      dbParameterGroups: (found.DBParameterGroups ?? []).flatMap(({ DBParameterGroupName }) => DBParameterGroupName ?? []),
      dbSubnetGroup: found.DBSubnetGroup?.DBSubnetGroupName,
      enabledCloudwatchLogsExports: found.EnabledCloudwatchLogsExports ?? [],
      engine: found.Engine,
      engineVersion: found.EngineVersion,
      iops: found.Iops,
      kmsKeyId: found.KmsKeyId,
      licenseModel: found.LicenseModel,
      masterUsername: found.MasterUsername,
      maxAllocatedStorage: found.MaxAllocatedStorage,
      multiAz: found.MultiAZ ?? false,
      networkType: found.NetworkType,
      optionGroupMemberships: (found.OptionGroupMemberships ?? []).flatMap(({ OptionGroupName }) => OptionGroupName ?? []),
      preferredBackupWindow: found.PreferredBackupWindow,
      preferredMaintenanceWindow: found.PreferredMaintenanceWindow,
      publiclyAccessible: found.PubliclyAccessible ?? false,
      replicateSourceDb: found.ReadReplicaSourceDBInstanceIdentifier,
      storageEncrypted: found.StorageEncrypted ?? false,
      storageThroughput: found.StorageThroughput,
      storageType: found.StorageType,
      vpcSecurityGroups: (found.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []),
    }),
    tags: tagMap(found.TagList),
  });
}

/** One instance, by its identifier, by tags, or by both. */
export const getInstance: FunctionHandler<AwsContext> = {
  token: "aws:rds/getInstance:getInstance",
  inputs: { ...regionInput, dbInstanceIdentifier: {}, tags: {} },
  async call(context, args) {
    const asked = { ...args, region: regionOf(context, args) };
    const request = new DescribeDBInstancesCommand({ DBInstanceIdentifier: text(args, "dbInstanceIdentifier") });
    const answer = await unlessGone(rds(context, args).send(request), ...instanceGone);
    const tags = Object.entries(textMap(args, "tags") ?? {});
    const found = (answer?.DBInstances ?? []).map(described).filter((instance) => {
      const own = textMap(instance, "tags") ?? {};
      return tags.every(([key, value]) => own[key] === value);
    });
    const [first, second] = found;
    if (first === undefined) throw notFound("RDS instance", asked, hint);
    if (second === undefined) return { ...first, region: asked.region };
    throw new LifeboatError({
      code: "configuration",
      what: `AWS has ${found.length} RDS instances as asked`,
      received: JSON.stringify(asked),
      allowed: "arguments that fit one",
      hint: "Name it by dbInstanceIdentifier, or add a tag",
    });
  },
};
