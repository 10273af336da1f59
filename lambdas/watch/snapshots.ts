import { lagSeconds } from "../../recovery/canary";
import { messageOf } from "../../recovery/errors";
import { METRICS, snapshotsName } from "../../recovery/names";
import type { LockedCopies } from "../shared/locked-copies";
import type { Log } from "../shared/log";
import type { Measurement, Metrics } from "../shared/metrics";
import type { SnapshotJobEvent } from "./events";

export interface SnapshotTools {
  readonly system: string;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

export interface CopiesSource {
  readonly copies: LockedCopies;
  /** The protected instance, and where it is; that region is not asked. */
  readonly instance: string;
  readonly primaryRegion: string;
}

/** The age of the newest copy of a snapshot by AWS Backup that is in this region. Where there is none nothing is published, and missing data alarms. */
export const publishLockedCopyAge = async (
  { system, metrics, log, now }: SnapshotTools,
  { copies, instance, primaryRegion }: CopiesSource,
): Promise<void> => {
  try {
    const newest = await copies.newest(instance, primaryRegion);
    const at = now();
    if (newest === undefined) log.warn("no copy of a snapshot by AWS Backup", { instance, primaryRegion });
    const age: Measurement[] =
      newest === undefined
        ? []
        : [
            {
              ...{ name: METRICS.lockedCopyAge, unit: "Seconds", at, system, store: "postgres" },
              value: lagSeconds(newest.takenAt.toISOString(), at),
            },
          ];
    // A zero with each look: what failed hours ago goes out of the alarm's sight only behind newer data.
    await metrics.publish([...age, failures(system, 0, at)]);
  } catch (error) {
    // The lags of the stores are measured all the same.
    log.error("the age of the newest copy of a snapshot could not be measured", { reason: messageOf(error) });
  }
};

/** Counts one job of AWS Backup that did not end well, when it is of this system's plan; its name and what AWS Backup says of it are in the log. */
export const countFailedJob = async ({ system, metrics, log, now }: SnapshotTools, event: SnapshotJobEvent): Promise<boolean> => {
  const { detail } = event;
  const mine = namesOf(detail).includes(snapshotsName(system));
  if (!mine) return false;
  const { backupJobId, copyJobId, resourceArn, state, statusMessage } = detail;
  log.error("a job of AWS Backup did not end well", {
    ...{ kind: event["detail-type"], region: event.region, job: backupJobId ?? copyJobId, resourceArn, state, statusMessage },
  });
  await metrics.publish([failures(system, 1, now())]);
  return true;
};

const failures = (system: string, value: number, at: Date): Measurement => ({
  ...{ name: METRICS.snapshotFailures, unit: "Count", value, at, system },
});

/** Last names of the role and the vaults that a job used: ours have one name. */
const namesOf = (detail: SnapshotJobEvent["detail"]): readonly string[] =>
  [detail.iamRoleArn, detail.backupVaultName, detail.backupVaultArn, detail.sourceBackupVaultArn, detail.destinationBackupVaultArn].flatMap(
    (name) => name?.split(/[:/]/).at(-1) ?? [],
  );
