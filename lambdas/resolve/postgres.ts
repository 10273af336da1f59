import { databaseNames } from "../../recovery/names";
import { chooseRestore } from "../../recovery/postgres/restore-time";
import type { AutomatedBackups } from "../shared/automated-backups";
import type { Choice } from "./choice";

export interface DatabaseSource {
  readonly system: string;
  readonly primaryRegion: string;
}

/** The automated backups in this region and the second that is restored to: the newest, or the one asked for. They are found by their source's name, never by what it said of itself. */
export const choosePostgres = async (
  automatedBackups: AutomatedBackups,
  { system, primaryRegion }: DatabaseSource,
  { time, now }: { readonly time?: Date; readonly now: Date },
): Promise<Choice<"postgres">> => {
  const { instance } = databaseNames(system);
  const { chosen, problem } = chooseRestore(await automatedBackups.find(instance, primaryRegion), { time, now });
  if (chosen === undefined) return { problem: `postgres: ${instance} of ${primaryRegion}: ${problem}` };
  const { backups, window, asOf } = chosen;
  return {
    chosen: {
      automatedBackupsArn: backups.arn,
      sourceResourceId: backups.resourceId,
      engineVersion: backups.engineVersion,
      asOf: asOf.toISOString(),
      window: { earliest: window.earliest.toISOString(), latest: window.latest.toISOString() },
    },
  };
};
