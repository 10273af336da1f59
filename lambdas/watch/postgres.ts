import { lagSeconds } from "../../recovery/canary";
import { databaseNames } from "../../recovery/names";
import { type AutomatedBackup, type AutomatedBackups, isReplicating } from "../shared/automated-backups";
import type { Lag } from "./events";

export interface PostgresSource {
  readonly automatedBackups: AutomatedBackups;
  /** Where the protected instance is; it is not asked. */
  readonly primaryRegion: string;
}

/**
 * The age of the newest time that the replicated automated backups can be restored to, and whether they still arrive. An instance that was made
 * again under its name has backups beside its predecessor's: the newest time of all counts, and one that replicates is enough.
 */
export const postgresLag = async (system: string, { automatedBackups, primaryRegion }: PostgresSource, now: () => Date): Promise<Lag> => {
  const found = await automatedBackups.find(databaseNames(system).instance, primaryRegion);
  const replicationStopped = !found.some(isReplicating);
  const newest = newestOf(found);
  if (newest !== undefined)
    return {
      store: "postgres",
      lagSeconds: lagSeconds(newest.latest.toISOString(), now()),
      replicationStopped,
      reason: `${describe(newest.backup)} can be restored to ${newest.latest.toISOString()}`,
    };
  const reason =
    found.length === 0
      ? `no automated backups of ${databaseNames(system).instance} in ${primaryRegion} are in this region`
      : `nothing can be restored yet from ${found.map(describe).join(", ")}`;
  return { store: "postgres", replicationStopped, reason };
};

const describe = ({ arn, status }: AutomatedBackup): string => `${arn} (${status || "no status"})`;

const newestOf = (found: readonly AutomatedBackup[]) =>
  found
    .flatMap((backup) => (backup.window === undefined ? [] : [{ backup, latest: backup.window.latest }]))
    .reduce<{ readonly backup: AutomatedBackup; readonly latest: Date } | undefined>(
      (newest, candidate) => (newest === undefined || candidate.latest > newest.latest ? candidate : newest),
      undefined,
    );
