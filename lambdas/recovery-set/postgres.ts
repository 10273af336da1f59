import type { SetStores } from "../../recovery/catalogue/set";
import { databaseNames } from "../../recovery/names";
import { chooseRestore } from "../../recovery/postgres/restore-time";
import type { AutomatedBackups } from "../shared/automated-backups";
import { measuredReplica, type ReplicaSources } from "../shared/standing-replica";
import type { Gathered } from "./gathered";

export interface DatabaseSource {
  /** The protected instance, Lifeboat's or one that existed: its backups are found by its name. */
  readonly instance: string;
  /** Where it is; it is not asked. */
  readonly primaryRegion: string;
  readonly automatedBackups: AutomatedBackups;
  /** Present where a replica is to stand in this region. */
  readonly replica?: ReplicaSources;
}

type Postgres = NonNullable<SetStores["postgres"]>;

/** What the automated backups in this region can be restored to. */
export const restorableNow = async (source: DatabaseSource, now: Date): Promise<Gathered<Postgres["restorable"]>> => {
  const found = await source.automatedBackups.find(source.instance, source.primaryRegion);
  const { chosen, problem } = chooseRestore(found, { now });
  if (chosen === undefined) return { problem: `${source.instance} of ${source.primaryRegion}: ${problem}` };
  const { backups, window, asOf } = chosen;
  return {
    found: {
      automatedBackupsArn: backups.arn,
      sourceResourceId: backups.resourceId,
      earliest: window.earliest.toISOString(),
      latest: asOf.toISOString(),
    },
  };
};

/** How far the standing replica has come. One that was promoted is a database of its own, and no part of what could be recovered to. */
export const replicaNow = async (system: string, sources: ReplicaSources, now: Date): Promise<Gathered<Postgres["replica"]>> => {
  const { replica: instance } = databaseNames(system);
  const measured = await measuredReplica(sources, instance, now);
  if (measured === undefined) return { problem: `${instance} is not in this region` };
  if (measured.replica.sourceArn === undefined) return { problem: `${instance} follows nobody: it was promoted` };
  const { lagSeconds } = measured;
  if (lagSeconds === undefined) return { problem: `the lag of ${instance} is not measured` };
  return { found: { instance, lagSeconds, asOf: new Date(now.getTime() - lagSeconds * 1000).toISOString() } };
};
