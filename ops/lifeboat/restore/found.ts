import type { DBInstance, DBInstanceAutomatedBackup } from "@aws-sdk/client-rds";
import { restoreNames, TAGS } from "./names";
import type { PrimaryDatabases } from "./ports";

/** What stands in the primary region, read before anything is decided. */
export interface Found {
  /** Under the protected instance's name. */
  readonly standing?: DBInstance;
  /** Under the name that a restore makes its instance by. */
  readonly beside?: DBInstance;
  /** Automated backups of the instance that failed. */
  readonly backup?: DBInstanceAutomatedBackup;
}

export const lookAt = async (primary: PrimaryDatabases, system: string): Promise<Found> => {
  const names = restoreNames(system);
  const standing = await primary.instance(names.instance);
  const beside = await primary.instance(names.beside);
  const backup = isFailed(standing) ? await primary.backups(standing?.DbiResourceId ?? "") : undefined;
  return { standing, beside, backup };
};

/**
 * States from which RDS brings an instance back by a restore only, and which it deletes without a final snapshot. Whatever else an instance is, its
 * disk may hold more than its backups do.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
 */
export const FAILED_STATES: readonly string[] = ["failed", "incompatible-restore", "incompatible-network"];

export const isFailed = (instance: DBInstance | undefined): boolean => FAILED_STATES.includes(instance?.DBInstanceStatus ?? "");

/** Where a restored instance came from, by its tags; undefined for any other. */
export interface Origin {
  readonly resourceId: string;
  readonly restoredTo: Date;
  readonly askedAt: Date;
}

export const originOf = (instance: DBInstance | undefined): Origin | undefined => {
  const tags = new Map((instance?.TagList ?? []).map(({ Key, Value }) => [Key, Value]));
  const timeOf = (key: string): Date => new Date(tags.get(key) ?? Number.NaN);
  const [resourceId, restoredTo, askedAt] = [tags.get(TAGS.from), timeOf(TAGS.to), timeOf(TAGS.asked)];
  const isWhole = [restoredTo, askedAt].every((time) => !Number.isNaN(time.getTime()));
  return resourceId !== undefined && isWhole ? { resourceId, restoredTo, askedAt } : undefined;
};
