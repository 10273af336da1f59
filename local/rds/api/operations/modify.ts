import { z } from "zod";
import { replicasOf } from "../../instances/backups";
import { carryOut } from "../../instances/modification";
import { readIdentifier } from "../../instances/names";
import type { Instance, Pending, Settings } from "../../instances/records";
import { readReplicasOf } from "../../instances/replicas";
import { standbyOf } from "../../instances/serverSettings";
import { failure } from "../../instances/transitions";
import { checkWindows } from "../../instances/windows";
import type { Context, Operation } from "../context";
import { invalidCombination, invalidState, invalidValue, unsupported } from "../errors";
import { only, parseInput, placement, port, switchedOff, unmonitored } from "../inputs";
import { viewInstance } from "../views/instance";
import { checkedPassword, chooseVersion } from "./create";
import { parameterGroupNamed, subnetGroupNamed } from "./groups";
import { instanceNamed } from "./named";
import { mustBeFree } from "./newInstance";
import { checkFamily, checkStorage, chooseSecurityGroups } from "./placing";

const { Tags: _tags, Port: _port, AvailabilityZone: _zone, ...modifiable } = placement;

const modifyInput = z.strictObject({
  ...modifiable,
  ...switchedOff,
  ...unmonitored,
  DBInstanceIdentifier: z.string(),
  NewDBInstanceIdentifier: z.string().optional(),
  DBInstanceClass: placement.DBInstanceClass.optional(),
  ApplyImmediately: z.boolean().default(false),
  MasterUserPassword: z.string().optional(),
  PreferredMaintenanceWindow: z.string().optional(),
  EngineVersion: z.string().optional(),
  AllowMajorVersionUpgrade: only(false),
  DBPortNumber: port.optional(),
  Engine: only("postgres"),
});
type ModifyInput = z.infer<typeof modifyInput>;

/** They say how to modify, not what. */
const framing = ["DBInstanceIdentifier", "ApplyImmediately", "AllowMajorVersionUpgrade"];

/**
 * A replica's retention is recorded, and its backups begin when it is promoted. There is no maintenance window here: what RDS would apply in the next one waits in PendingModifiedValues for a call with ApplyImmediately.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html
 */
export const modifyDBInstance: Operation = async (raw, context) => {
  const input = parseInput("ModifyDBInstance", modifyInput, raw);
  const instance = instanceNamed(input.DBInstanceIdentifier, context);
  if (!Object.keys(input).some((name) => !framing.includes(name))) throw invalidCombination("No modifications were requested");
  const password = input.MasterUserPassword === undefined ? undefined : checkedPassword(input.MasterUserPassword);
  if (password !== undefined && instance.replicaOf !== undefined) {
    throw invalidCombination(
      "Cannot change master user password on an RDS postgres Read Replica because it uses physical replication and therefore cannot differ from its parent.",
    );
  }
  const prompt = await promptChanges(input, instance, context);
  const waiting = { ...instance.pending, ...waitingChanges(input, instance, context) };
  checkRetention(waiting.backupRetentionDays, instance, context);
  // After every await, so that two calls cannot both find the instance available.
  mustBeAvailable(instance);
  if (prompt.parameterGroup !== undefined && prompt.parameterGroup !== instance.settings.parameterGroup)
    instance.parameterStatus = "pending-reboot";
  instance.settings = { ...instance.settings, ...prompt };
  instance.pending = waiting;
  instance.passwordPending = password !== undefined;
  instance.status = "modifying";
  const applied = input.ApplyImmediately ? waiting : atOnce(waiting, instance);
  const answer = viewInstance(instance, context);
  context.background.queue(
    instance,
    () => carryOut(instance, { applied, password }, context),
    failure(instance, context, "available", "The change failed"),
  );
  return { DBInstance: answer };
};

const mustBeAvailable = ({ identifier, status }: Instance): void => {
  if (status !== "available") throw invalidState(`Database instance ${identifier} is not in available state: it is ${status}.`);
};

/** What RDS changes without waiting for a window. */
const promptChanges = async (input: ModifyInput, { settings, server }: Instance, context: Context): Promise<Partial<Settings>> => {
  const subnetGroup = await subnetGroupNamed(settings.subnetGroup, context);
  const group = input.DBSubnetGroupName?.toLowerCase();
  if (group !== undefined && group !== subnetGroup.name) throw unsupported("A change of DBSubnetGroupName by ModifyDBInstance");
  if (input.DBPortNumber !== undefined && input.DBPortNumber !== server?.port)
    throw unsupported("A change of the port by ModifyDBInstance");
  chooseVersion(input.EngineVersion, context);
  if (input.DBParameterGroupName !== undefined) checkFamily(parameterGroupNamed(input.DBParameterGroupName, context), context);
  const changes = {
    parameterGroup: input.DBParameterGroupName?.toLowerCase(),
    securityGroups: input.VpcSecurityGroupIds && (await chooseSecurityGroups(input.VpcSecurityGroupIds, subnetGroup, context)),
    backupWindow: input.PreferredBackupWindow,
    maintenanceWindow: input.PreferredMaintenanceWindow?.toLowerCase(),
    maxAllocatedStorageGib: input.MaxAllocatedStorage,
    autoMinorVersionUpgrade: input.AutoMinorVersionUpgrade,
    copyTagsToSnapshot: input.CopyTagsToSnapshot,
    deletionProtection: input.DeletionProtection,
    publiclyAccessible: input.PubliclyAccessible,
    lifecycleSupport: input.EngineLifecycleSupport,
  };
  checkWindows(changes.backupWindow ?? settings.backupWindow, changes.maintenanceWindow ?? settings.maintenanceWindow);
  return given(changes);
};

const waitingChanges = (input: ModifyInput, instance: Instance, context: Context): Pending => {
  const { settings } = instance;
  const changes = given({
    identifier: newIdentifier(input, instance, context),
    instanceClass: input.DBInstanceClass,
    allocatedStorageGib: input.AllocatedStorage,
    multiAz: input.MultiAZ,
    storageType: input.StorageType,
    iops: input.Iops,
    storageThroughput: input.StorageThroughput,
    backupRetentionDays: input.BackupRetentionPeriod,
  });
  const { allocatedStorageGib: gib = settings.allocatedStorageGib, storageType = settings.storageType } = changes;
  if (gib < settings.allocatedStorageGib) {
    throw invalidValue(`Invalid storage size: ${gib} GiB. Storage can be increased only, from ${settings.allocatedStorageGib} GiB.`);
  }
  checkStorage(storageType, gib);
  if (changes.multiAz === true && instance.replicaOf !== undefined) throw unsupported("A standby of a read replica");
  if (changes.multiAz === true) standbyOf({ settings: { ...settings, multiAz: true } }, context);
  return changes;
};

const newIdentifier = ({ NewDBInstanceIdentifier: asked }: ModifyInput, instance: Instance, context: Context): string | undefined => {
  if (asked === undefined) return undefined;
  const identifier = readIdentifier("NewDBInstanceIdentifier", asked, 63);
  if (identifier !== instance.identifier) mustBeFree(identifier, context);
  return identifier;
};

const given = <T extends object>(changes: T): Partial<T> =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;

const checkRetention = (days: number | undefined, instance: Instance, context: Context): void => {
  if (days !== 0 || days === instance.settings.backupRetentionDays) return;
  if (replicasOf(instance, context).some(({ stopped }) => !stopped)) {
    throw invalidCombination("Backups cannot be switched off while they are replicated: stop the replication first.");
  }
  if (readReplicasOf(instance, context).length > 0) {
    throw invalidCombination("Backups cannot be switched off for an instance that is a source to read replicas.");
  }
};

/** From one retention to another, neither of them 0, does not wait. */
const atOnce = ({ backupRetentionDays: days }: Pending, { settings }: Instance): Pending =>
  days !== undefined && days > 0 && settings.backupRetentionDays > 0 ? { backupRetentionDays: days } : {};
