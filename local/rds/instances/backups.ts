import type { Context } from "../api/context";
import type { Archiving } from "../engine";
import { arnOf, newBackupName } from "./names";
import { type AutomatedBackup, chainOf, type Encryption, type Instance, type SourceFacts } from "./records";
import type { Region } from "./region";

export const archivingOf = (retentionDays: number, { settings }: Context): Archiving | undefined =>
  retentionDays === 0
    ? undefined
    : {
        shippingSeconds: settings.walShippingSeconds,
        baseBackupIntervalSeconds: settings.baseBackupIntervalSeconds,
        retentionDays,
      };

export const factsOf = (instance: Instance, context: Context): SourceFacts => {
  const { identifier, arn, resourceId, region, createdAt, engineVersion, masterUsername, databaseName, settings, encryption } = instance;
  const vpcId = context.region.subnetGroups.get(settings.subnetGroup)?.vpcId ?? "";
  const port = instance.server?.port ?? settings.port ?? 5432;
  return { identifier, arn, resourceId, region, createdAt, engineVersion, masterUsername, databaseName, port, vpcId, settings, encryption };
};

/** The record of automated backups in `region`: of an instance there, or replicated to it. */
export const addBackup = (
  region: Region,
  source: SourceFacts,
  kept: { readonly encryption: Encryption; readonly retentionDays: number },
  context: Context,
): AutomatedBackup => {
  const existing = region.backups.get(source.resourceId);
  const arn = existing?.arn ?? arnOf("auto-backup", newBackupName(context.random), { region: region.name, account: context.account });
  const backup: AutomatedBackup = {
    arn,
    region: region.name,
    chain: { region: region.name, resourceId: source.resourceId },
    source,
    ...kept,
    replicated: region.name !== source.region,
    stopped: false,
    sourceDeleted: false,
  };
  region.backups.set(source.resourceId, backup);
  return backup;
};

export const removeBackup = async (region: Region, backup: AutomatedBackup, { engine }: Context): Promise<void> => {
  await engine.deleteChain(backup.chain);
  region.backups.delete(backup.chain.resourceId);
  region.tags.delete(backup.arn);
};

/** Every region's replicated backups of an instance, as far as the two regions reach each other. A rename leaves them its own. */
export const replicasOf = ({ resourceId }: Instance, context: Context): readonly AutomatedBackup[] =>
  [...context.regions()]
    .filter(({ name }) => !context.isCut(name) && !context.isCut(context.region.name))
    .flatMap(({ backups }) => [...backups.values()])
    .filter(({ replicated, source }) => replicated && source.resourceId === resourceId);

/** What a restore needs to know travels with the backups. */
export const refreshBackups = (instance: Instance, context: Context): void => {
  const own = context.region.backups.get(instance.resourceId);
  const facts = factsOf(instance, context);
  for (const backup of [...(own === undefined ? [] : [own]), ...replicasOf(instance, context)]) backup.source = facts;
  const { backupRetentionDays } = instance.settings;
  if (backupRetentionDays > 0 && instance.replicaOf === undefined)
    addBackup(context.region, facts, { encryption: instance.encryption, retentionDays: backupRetentionDays }, context);
};

export const hasBaseBackup = (instance: Instance, { engine }: Context): boolean => engine.chain(chainOf(instance))?.window !== undefined;
