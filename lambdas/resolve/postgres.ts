import { databaseNames } from "../../recovery/names";
import { chooseRestore } from "../../recovery/postgres/restore-time";
import type { AutomatedBackups } from "../shared/automated-backups";
import { measuredReplica, type ReplicaSources } from "../shared/standing-replica";
import { type Choice, refuse } from "./choice";

/** The protected database, Lifeboat's or one that existed. */
export interface DatabaseSource {
  readonly databaseInstance: string;
  readonly primaryRegion: string;
}

/** The automated backups in this region and the second that is restored to: the newest, or the one asked for. They are found by their source's name, never by what it said of itself. */
export const choosePostgres = async (
  automatedBackups: AutomatedBackups,
  { databaseInstance, primaryRegion }: DatabaseSource,
  { time, now }: { readonly time?: Date; readonly now: Date },
): Promise<Choice<"postgres">> => {
  const { chosen, problem } = chooseRestore(await automatedBackups.find(databaseInstance, primaryRegion), { time, now });
  if (chosen === undefined) return refuse("postgres", `${databaseInstance} of ${primaryRegion}: ${problem}`);
  const { backups, window, asOf } = chosen;
  return {
    chosen: {
      method: "restore",
      automatedBackupsArn: backups.arn,
      sourceResourceId: backups.resourceId,
      engineVersion: backups.engineVersion,
      asOf: asOf.toISOString(),
      window: { earliest: window.earliest.toISOString(), latest: window.latest.toISOString() },
    },
  };
};

/** The standing replica as it is now: a source that is lost does not matter, what has arrived is what counts. */
export const choosePromotion = async (sources: ReplicaSources, system: string, now: Date): Promise<Choice<"postgres">> => {
  const { replica: instance } = databaseNames(system);
  const refused = (what: string) => refuse("postgres", `${instance} ${what}; strategy point-in-time restores without it`);
  const measured = await measuredReplica(sources, instance, now);
  if (measured === undefined) return refused("is not in this region");
  const { replica, lagSeconds, measuredAsOf } = measured;
  if (replica.sourceArn === undefined) return refused("follows nobody: it was promoted before");
  if (replica.status !== "available") return refused(`is ${replica.status}`);
  if (lagSeconds === undefined) return refused("has no measured lag, so nobody knows of which time it is");
  return {
    chosen: {
      ...{ method: "promotion", instance, resourceId: replica.resourceId, engineVersion: replica.engineVersion, lagSeconds },
      asOf: new Date(now.getTime() - lagSeconds * 1000).toISOString(),
      ...(measuredAsOf === undefined ? {} : { measuredAsOf: measuredAsOf.toISOString() }),
    },
  };
};
