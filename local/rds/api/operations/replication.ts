import { z } from "zod";
import { addBackup, factsOf } from "../../instances/backups";
import { parseArn } from "../../instances/names";
import type { Encryption, Instance } from "../../instances/records";
import { chainOf } from "../../instances/records";
import { type Region, readTags } from "../../instances/region";
import type { Context, Operation } from "../context";
import { instanceNotFound, invalidCombination, invalidState, invalidValue, unsupported } from "../errors";
import { parseInput, retentionDays, tags } from "../inputs";
import { viewAutomatedBackup } from "../views/automatedBackup";
import { checkedKey } from "./placing";

const startInput = z.strictObject({
  SourceDBInstanceArn: z.string(),
  BackupRetentionPeriod: retentionDays.min(1).default(7),
  KmsKeyId: z.string().optional(),
  /** SDKs sign one by themselves; RDS ignores it outside of GovCloud. */
  PreSignedUrl: z.string().optional(),
  Tags: tags,
});

/** Called in the region that the backups go to: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.Replicating.Enable.html */
export const startDBInstanceAutomatedBackupsReplication: Operation = async (raw, context) => {
  const input = parseInput("StartDBInstanceAutomatedBackupsReplication", startInput, raw);
  const { instance, region: sourceRegion } = sourceNamed(input.SourceDBInstanceArn, context);
  const encryption = await replicaEncryption(instance, input.KmsKeyId, context);
  mustBeReplicable(instance, context);
  const { engine, settings, region } = context;
  const own = readTags(input.Tags);
  engine.replicateChain(chainOf(instance), region.name, settings.automatedBackupReplicationLagSeconds);
  const source = factsOf(instance, { ...context, region: sourceRegion });
  const backup = addBackup(region, source, { encryption, retentionDays: input.BackupRetentionPeriod }, context);
  region.tags.set(backup.arn, own);
  return { DBInstanceAutomatedBackup: viewAutomatedBackup(backup, context) };
};

const sourceNamed = (arn: string, context: Context): { readonly instance: Instance; readonly region: Region } => {
  const parsed = parseArn(arn);
  if (parsed === undefined || parsed.kind !== "db") throw invalidValue(`SourceDBInstanceArn ${arn} is not the ARN of a DB instance.`);
  if (parsed.region === context.region.name) {
    throw invalidValue(`The source DB instance ${arn} is of this region: call this in the region that its backups go to.`);
  }
  const region = context.otherRegion(parsed.region);
  const instance = region.instances.get(parsed.name.toLowerCase());
  if (instance === undefined || instance.arn !== arn) throw instanceNotFound(arn);
  return { instance, region };
};

/** A key of this region is mandatory for an encrypted source, and none is possible for another. */
const replicaEncryption = async ({ encryption, arn }: Instance, keyId: string | undefined, context: Context): Promise<Encryption> => {
  if (encryption.encrypted && keyId === undefined) {
    throw invalidCombination(`KmsKeyId is required: ${arn} is encrypted, and its key cannot be used in ${context.region.name}.`);
  }
  if (!encryption.encrypted && keyId !== undefined) {
    throw invalidCombination(`KmsKeyId cannot be specified: ${arn} is not encrypted.`);
  }
  return keyId === undefined ? { encrypted: false } : { encrypted: true, kmsKeyArn: await checkedKey(keyId, context) };
};

const mustBeReplicable = (instance: Instance, { region }: Context): void => {
  if (instance.replicaOf !== undefined) throw unsupported("The replication of a read replica's automated backups");
  if (instance.status !== "available" && instance.status !== "backing-up") {
    throw invalidState(`DB instance ${instance.identifier} is not in available state: it is ${instance.status}.`);
  }
  if (instance.settings.backupRetentionDays === 0) {
    throw invalidState(`Automated backups are not enabled for DB instance ${instance.identifier}.`);
  }
  const existing = region.backups.get(instance.resourceId);
  if (existing !== undefined && !existing.stopped)
    throw invalidState(`DB instance ${instance.arn} is already replicating to the current region.`);
};

/** What was copied stays for its retention: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.StopReplicating.html */
export const stopDBInstanceAutomatedBackupsReplication: Operation = (raw, context) => {
  const input = parseInput("StopDBInstanceAutomatedBackupsReplication", z.strictObject({ SourceDBInstanceArn: z.string() }), raw);
  const arn = input.SourceDBInstanceArn;
  const replicas = [...context.region.backups.values()].filter(({ replicated, source }) => replicated && source.arn === arn);
  const backup = replicas.find(({ stopped, sourceDeleted }) => !stopped && !sourceDeleted) ?? replicas[0];
  if (backup === undefined) throw instanceNotFound(arn);
  if (backup.stopped || backup.sourceDeleted) throw invalidState(`DB instance ${arn} is not replicating to the current region.`);
  // As on RDS the answer still says what it was.
  const answer = viewAutomatedBackup(backup, context);
  context.engine.stopReplication(backup.chain);
  backup.stopped = true;
  return { DBInstanceAutomatedBackup: answer };
};
