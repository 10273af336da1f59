import { z } from "zod";
import { parseArn, readIdentifier } from "../../instances/names";
import { type Encryption, type Instance, replicaSourceOf, type Settings } from "../../instances/records";
import { serverSettings } from "../../instances/serverSettings";
import { boot } from "../../instances/transitions";
import type { Context, Operation } from "../context";
import { instanceNotFound, invalidCombination, invalidState, missingParameter, unsupported } from "../errors";
import { only, parseInput, placement, switchedOff, unmonitored } from "../inputs";
import { viewInstance } from "../views/instance";
import { instanceNamed } from "./named";
import { addInstance, mustBeFree } from "./newInstance";
import { checkedKey, chooseSettings } from "./placing";

const { BackupRetentionPeriod: _days, PreferredBackupWindow: _window, EngineLifecycleSupport: _support, ...replicaPlacement } = placement;
const { LicenseModel: _license, ManageMasterUserPassword: _managed, ...replicaSwitchedOff } = switchedOff;

const replicaInput = z.strictObject({
  ...replicaPlacement,
  ...replicaSwitchedOff,
  ...unmonitored,
  DBInstanceIdentifier: z.string(),
  DBInstanceClass: placement.DBInstanceClass.optional(),
  MultiAZ: only(false),
  SourceDBInstanceIdentifier: z.string().optional(),
  KmsKeyId: z.string().optional(),
  UseDefaultProcessorFeatures: only(false),
  UpgradeStorageConfig: only(false),
  /** SDKs sign one by themselves; RDS ignores it outside of GovCloud and China. */
  PreSignedUrl: z.string().optional(),
});
type ReplicaInput = z.infer<typeof replicaInput>;

/** Called in the region that the replica is made in: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html */
export const createDBInstanceReadReplica: Operation = async (raw, context) => {
  const input = parseInput("CreateDBInstanceReadReplica", replicaInput, raw);
  const identifier = readIdentifier("DBInstanceIdentifier", input.DBInstanceIdentifier, 63);
  mustBeFree(identifier, context);
  if (input.SourceDBInstanceIdentifier === undefined) throw missingParameter("SourceDBInstanceIdentifier");
  const source = sourceNamed(input.SourceDBInstanceIdentifier, context);
  checkGroups(input, source, context);
  const encryption = await replicaEncryption(source, input.KmsKeyId, context);
  const settings = await replicaSettings(input, source, context);
  mustBeReplicable(source);
  const { engineVersion, masterUsername, databaseName } = source;
  const replicaOf = replicaSourceOf(source);
  const instance = addInstance(
    { identifier, settings, encryption, engineVersion, masterUsername, databaseName, replicaOf, tags: input.Tags },
    context,
  );
  boot(instance, context, {
    start: () =>
      context.engine.createReplica({
        ...serverSettings(instance, context),
        source: { region: replicaOf.region, resourceId: replicaOf.resourceId },
        lagSeconds: context.settings.replicaLagSeconds,
      }),
    category: "creation",
    done: "DB instance created",
    failed: "failed",
  });
  return { DBInstance: viewInstance(instance, context) };
};

/** By its identifier in this region, by its ARN in any. */
const sourceNamed = (given: string, context: Context): Instance => {
  const arn = parseArn(given);
  if (arn === undefined || arn.region === context.region.name) return instanceNamed(given, context);
  const source = context.otherRegion(arn.region).instances.get(arn.name.toLowerCase());
  if (source === undefined || arn.kind !== "db") throw instanceNotFound(given);
  return source;
};

const isLocal = (source: Instance, { region }: Context): boolean => source.region === region.name;

/** Of PostgreSQL's parameter groups the API says that they can be chosen by a ModifyDBInstance only. */
const checkGroups = (
  { DBParameterGroupName, DBSubnetGroupName, SourceDBInstanceIdentifier }: ReplicaInput,
  source: Instance,
  context: Context,
) => {
  if (DBParameterGroupName !== undefined) {
    throw invalidCombination(
      "Specifying a DBParameterGroupName isn't supported for read replicas of engine postgres: modify the replica once it is available.",
    );
  }
  const byArn = parseArn(SourceDBInstanceIdentifier ?? "") !== undefined;
  if (DBSubnetGroupName !== undefined && isLocal(source, context) && !byArn) {
    throw invalidCombination(
      "DbSubnetGroupName should not be specified for read replicas that are created in the same region as the master",
    );
  }
};

const mustBeReplicable = ({ identifier, status, settings, replicaOf }: Instance): void => {
  if (replicaOf !== undefined) throw unsupported("A read replica of a read replica");
  if (settings.backupRetentionDays === 0) {
    throw invalidState(
      "Automated backups are not enabled for this database instance. To enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.",
    );
  }
  if (status !== "available") throw invalidState(`Database instance ${identifier} is not in available state: it is ${status}.`);
};

/** In the source's region with the source's key; elsewhere with one of this region, which is mandatory for an encrypted source and impossible for another. */
const replicaEncryption = async (source: Instance, keyId: string | undefined, context: Context): Promise<Encryption> => {
  const { encryption } = source;
  if (!encryption.encrypted && keyId !== undefined) {
    throw invalidCombination("Cannot create an encrypted read replica from an unencrypted source.");
  }
  if (!encryption.encrypted) return { encrypted: false };
  if (isLocal(source, context)) {
    if (keyId === undefined || (await checkedKey(keyId, context)) === encryption.kmsKeyArn) return encryption;
    throw invalidCombination("A read replica in the same region is encrypted with its source's key: KmsKeyId cannot be another one.");
  }
  if (keyId === undefined) throw invalidCombination("Cannot create a cross region unencrypted read replica from encrypted source.");
  return { encrypted: true, kmsKeyArn: await checkedKey(keyId, context) };
};

/**
 * Without backups and with gp3 volumes, whatever the source has; class, size, windows and minor upgrades are the source's, and in its region its groups
 * too. The port is not the source's, as it would be on RDS: all instances of all regions share one host here.
 */
const replicaSettings = async (input: ReplicaInput, source: Instance, context: Context): Promise<Settings> => {
  const { settings } = source;
  const groups = isLocal(source, context)
    ? { DBSubnetGroupName: input.DBSubnetGroupName ?? settings.subnetGroup, DBParameterGroupName: settings.parameterGroup }
    : {};
  const asked = {
    ...input,
    ...groups,
    StorageType: input.StorageType ?? (input.Iops === undefined ? "gp3" : "io1"),
    AutoMinorVersionUpgrade: input.AutoMinorVersionUpgrade ?? settings.autoMinorVersionUpgrade,
    BackupRetentionPeriod: 0,
  } as const;
  const { iops: _iops, storageThroughput: _throughput, ...inherited } = settings;
  return chooseSettings(asked, inherited, context);
};
