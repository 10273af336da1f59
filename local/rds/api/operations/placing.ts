import { z } from "zod";
import type { Encryption, Settings } from "../../instances/records";
import type { ParameterGroup, SubnetGroup } from "../../instances/region";
import { checkWindows, defaultBackupWindow, defaultMaintenanceWindow } from "../../instances/windows";
import { chooseZone } from "../../instances/zones";
import type { Context } from "../context";
import { invalidCombination, invalidValue, keyNotAccessible, RdsError } from "../errors";
import { placement } from "../inputs";
import { parameterGroupNamed, subnetGroupNamed } from "./groups";

const placementInput = z.object({ ...placement, PreferredMaintenanceWindow: z.string().optional() }).partial();
export type Placement = z.infer<typeof placementInput>;

/**
 * What a new instance gets. A restore keeps the source's class, storage, windows and retention, and takes DEFAULTS for the rest: it is
 * single-AZ, in the default subnet group, security group and parameter group, unless the call names them.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html
 */
export const chooseSettings = async (input: Placement, source: Settings | undefined, context: Context): Promise<Settings> => {
  const subnetGroup = await subnetGroupNamed(input.DBSubnetGroupName ?? "default", context);
  const parameterGroup = parameterGroupNamed(input.DBParameterGroupName ?? `default.${context.software.family}`, context);
  checkFamily(parameterGroup, context);
  const securityGroups = await chooseSecurityGroups(input.VpcSecurityGroupIds, subnetGroup, context);
  const multiAz = input.MultiAZ ?? false;
  const settings: Settings = {
    ...chooseStorage(input, source),
    instanceClass: input.DBInstanceClass ?? source?.instanceClass ?? "",
    multiAz,
    availabilityZone: chooseZone({ asked: input.AvailabilityZone, multiAz }, subnetGroup, context.region),
    subnetGroup: subnetGroup.name,
    securityGroups,
    parameterGroup: parameterGroup.name,
    backupRetentionDays: input.BackupRetentionPeriod ?? source?.backupRetentionDays ?? 1,
    backupWindow: input.PreferredBackupWindow ?? source?.backupWindow ?? defaultBackupWindow,
    maintenanceWindow: input.PreferredMaintenanceWindow?.toLowerCase() ?? source?.maintenanceWindow ?? defaultMaintenanceWindow,
    port: input.Port,
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? true,
    copyTagsToSnapshot: input.CopyTagsToSnapshot ?? false,
    deletionProtection: input.DeletionProtection ?? false,
    publiclyAccessible: input.PubliclyAccessible ?? subnetGroup.name === "default",
    lifecycleSupport: input.EngineLifecycleSupport ?? "open-source-rds-extended-support",
  };
  checkWindows(settings.backupWindow, settings.maintenanceWindow);
  return settings;
};

export const checkFamily = ({ name, family }: ParameterGroup, { software }: Context): void => {
  if (family === software.family) return;
  throw invalidCombination(`The parameter group ${name} of family ${family} can't be used for this instance: it needs ${software.family}.`);
};

/** Gibibytes: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
const sizes: Readonly<Record<string, { readonly least: number; readonly most: number }>> = {
  gp2: { least: 20, most: 65_536 },
  gp3: { least: 20, most: 65_536 },
  io1: { least: 100, most: 65_536 },
  io2: { least: 100, most: 65_536 },
  standard: { least: 5, most: 3072 },
};

type Storage = Pick<Settings, "allocatedStorageGib" | "maxAllocatedStorageGib" | "storageType" | "iops" | "storageThroughput">;

const chooseStorage = (input: Placement, source: Settings | undefined): Storage => {
  const storageType = input.StorageType ?? source?.storageType ?? (input.Iops === undefined ? "gp3" : "io1");
  const allocatedStorageGib = input.AllocatedStorage ?? source?.allocatedStorageGib ?? 0;
  checkStorage(storageType, allocatedStorageGib);
  const maxAllocatedStorageGib = input.MaxAllocatedStorage ?? source?.maxAllocatedStorageGib;
  if (maxAllocatedStorageGib !== undefined && maxAllocatedStorageGib <= allocatedStorageGib) {
    throw invalidCombination("Max storage size must be greater than storage size");
  }
  const iops = input.Iops ?? source?.iops;
  return {
    allocatedStorageGib,
    maxAllocatedStorageGib,
    storageType,
    iops,
    storageThroughput: input.StorageThroughput ?? source?.storageThroughput,
  };
};

export const checkStorage = (type: string, gib: number): void => {
  const { least, most } = sizes[type] ?? { least: 20, most: 65_536 };
  if (gib >= least && gib <= most) return;
  throw invalidValue(`Invalid storage size for engine name postgres and storage type ${type}: ${gib}. Allowed: ${least} to ${most} GiB.`);
};

/** @throws RdsError for groups that do not exist or are of another VPC than the subnets. */
export const chooseSecurityGroups = async (
  asked: readonly string[] | undefined,
  { vpcId }: SubnetGroup,
  { region, surroundings }: Context,
): Promise<readonly string[]> => {
  if (asked === undefined || asked.length === 0) {
    const group = await surroundings.defaultSecurityGroup(region.name, vpcId);
    return group === undefined ? [] : [group];
  }
  const found = await surroundings.securityGroups(region.name, asked);
  for (const group of asked) {
    if (found.get(group) === undefined) throw invalidValue(`Invalid security group, groupId= ${group}, groupName=.`);
    if (found.get(group) !== vpcId) {
      throw new RdsError(
        "InvalidVPCNetworkStateFault",
        `The DB instance and EC2 security group are in different VPCs. The DB instance is in ${vpcId} and the EC2 security group ${group} is in ${found.get(group)}.`,
      );
    }
  }
  return asked;
};

/** RDS refuses a key of another region, and so does this. */
export const checkedKey = async (keyId: string, { region, surroundings }: Context): Promise<string> => {
  const keyRegion = /^arn:aws:kms:([^:]+):/.exec(keyId)?.[1];
  const arn = keyRegion === undefined || keyRegion === region.name ? await surroundings.keyArn(region.name, keyId) : undefined;
  if (arn === undefined) throw keyNotAccessible(keyId);
  return arn;
};

export const chooseEncryption = async (
  encrypted: boolean | undefined,
  keyId: string | undefined,
  context: Context,
): Promise<Encryption> => {
  if (keyId !== undefined && encrypted !== true) throw invalidCombination("KmsKeyId can be given only together with StorageEncrypted.");
  if (encrypted !== true) return { encrypted: false };
  return { encrypted: true, kmsKeyArn: await checkedKey(keyId ?? "alias/aws/rds", context) };
};
