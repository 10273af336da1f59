import { lagSeconds } from "../../recovery/canary";
import { databaseNames } from "../../recovery/names";
import { type AutomatedBackup, type AutomatedBackups, isReplicating } from "../shared/automated-backups";
import { measuredReplica, type ReplicaSources } from "../shared/standing-replica";
import type { Lag } from "./events";

export interface PostgresSource {
  readonly automatedBackups: AutomatedBackups;
  /** The protected instance, Lifeboat's or one that existed: its backups are found by its name. */
  readonly instance: string;
  /** Where it is; it is not asked. */
  readonly primaryRegion: string;
  /** Present where a replica is to stand in this region: its lag is the database's, because a failover promotes it. */
  readonly replica?: ReplicaSources;
}

/** How far the database is behind here: its standing replica where there is one, else its replicated backups. Either may stop by itself. */
export const postgresLag = async (system: string, source: PostgresSource, now: () => Date): Promise<Lag> => {
  const backups = await backupsLag(source, now);
  if (source.replica === undefined) return backups;
  const replica = await replicaLag(system, source.replica, now());
  return {
    ...replica,
    replicationStopped: backups.replicationStopped === true || replica.replicationStopped === true,
    reason: `${replica.reason}; ${backups.reason}`,
  };
};

const replicaLag = async (system: string, sources: ReplicaSources, now: Date): Promise<Lag> => {
  const { replica: instance } = databaseNames(system);
  const measured = await measuredReplica(sources, instance, now);
  if (measured === undefined) return { store: "postgres", replicationStopped: true, reason: `${instance} is not in this region` };
  const { replica, lagSeconds } = measured;
  const how = replica.sourceArn === undefined ? "follows nobody" : replica.replicationStatus || "no replication status";
  const reason = `${instance} (${replica.status}, ${how}) is ${lagSeconds === undefined ? "not measured" : `${Math.round(lagSeconds)} s behind`}`;
  return { store: "postgres", ...(lagSeconds === undefined ? {} : { lagSeconds }), replicationStopped: !replica.replicating, reason };
};

/**
 * The age of the newest time that the replicated automated backups can be restored to, and whether they still arrive. An instance that was made
 * again under its name has backups beside its predecessor's: the newest time of all counts, and one that replicates is enough.
 */
const backupsLag = async ({ automatedBackups, instance, primaryRegion }: PostgresSource, now: () => Date): Promise<Lag> => {
  const found = await automatedBackups.find(instance, primaryRegion);
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
      ? `no automated backups of ${instance} in ${primaryRegion} are in this region`
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
