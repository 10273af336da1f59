import type { DBInstance, DBInstanceAutomatedBackup } from "@aws-sdk/client-rds";
import { LifeboatError } from "../../../recovery/errors";
import { FAILED_STATES, type Found, isFailed, type Origin, originOf } from "./found";
import { restoreNames } from "./names";

export interface RestoreQuestion {
  readonly system: string;
  readonly region: string;
  /** undefined: the newest restorable time, or that of a restore which was begun. */
  readonly to?: Date;
}

/** What is to be done next, proven to be of this system's failed database and of nothing else. */
export type Decision =
  | { readonly next: "restore"; readonly failed: DBInstance; readonly backup: DBInstanceAutomatedBackup; readonly to: Date }
  | { readonly next: "replace"; readonly restored: DBInstance; readonly origin: Origin; readonly failed?: DBInstance }
  | { readonly next: "finish"; readonly restored: DBInstance; readonly origin: Origin };

/** @throws LifeboatError for whatever cannot be proven: nothing was changed. */
export const decide = (found: Found, question: RestoreQuestion): Decision => {
  const { standing, beside } = found;
  if (beside !== undefined) return goOn(beside, standing, question);
  if (standing === undefined) throw nothingThere(question);
  const origin = originOf(standing);
  if (origin !== undefined && !isFailed(standing)) {
    mustBeSameTime(origin, question);
    return { next: "finish", restored: standing, origin };
  }
  if (!isFailed(standing)) throw notFailed(standing, question);
  return begin(standing, found.backup, question);
};

const begin = (failed: DBInstance, backup: DBInstanceAutomatedBackup | undefined, question: RestoreQuestion): Decision => {
  const { EarliestTime: earliest, LatestTime: latest } = backup?.RestoreWindow ?? {};
  if (backup === undefined || earliest === undefined || latest === undefined) throw noBackups(failed, backup, question);
  const to = question.to ?? latest;
  if (to < earliest || to > latest) throw outsideOfWindow(to, earliest, latest);
  return { next: "restore", failed, backup, to };
};

/** A restore that was begun is gone on with, and never one of somebody else or of another instance. */
const goOn = (beside: DBInstance, standing: DBInstance | undefined, question: RestoreQuestion): Decision => {
  const origin = originOf(beside);
  if (origin === undefined) throw inTheWay(beside, "it says nowhere that a restore made it", question);
  if (isFailed(beside)) throw restoreFailed(beside, question);
  mustBeSameTime(origin, question);
  if (standing === undefined) return { next: "replace", restored: beside, origin };
  if (standing.DbiResourceId !== origin.resourceId)
    throw inTheWay(beside, `it was restored from ${origin.resourceId}, and ${standing.DbiResourceId} stands there now`, question);
  if (!isFailed(standing) && standing.DBInstanceStatus !== "deleting") throw notFailed(standing, question);
  return { next: "replace", restored: beside, origin, failed: standing };
};

const mustBeSameTime = ({ restoredTo }: Origin, { to }: RestoreQuestion): void => {
  if (to === undefined || to.getTime() === restoredTo.getTime()) return;
  throw new LifeboatError({
    code: "target-refused",
    what: "A restore to another time was begun",
    received: `--to ${to.toISOString()}`,
    allowed: `no --to, or --to ${restoredTo.toISOString()}`,
    hint: "Go on with it, or delete the instance that it made and begin again",
  });
};

const nothingThere = ({ system, region }: RestoreQuestion): LifeboatError => {
  const { instance, beside } = restoreNames(system);
  return new LifeboatError({
    code: "target-refused",
    what: `There is no failed database of system ${system} in ${region}`,
    received: `neither ${instance} nor ${beside}`,
    allowed: `${instance}, in state ${FAILED_STATES.join(" or ")}`,
    hint: "Check --system and --region. An instance that was deleted is restored by hand from its retained backups: aws rds restore-db-instance-to-point-in-time",
  });
};

const notFailed = ({ DBInstanceIdentifier: name, DBInstanceStatus: status }: DBInstance, { region }: RestoreQuestion): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: `${name} in ${region} has not failed: its disk may hold what no backup has, and it is not replaced`,
    received: `${name} is ${status}`,
    allowed: FAILED_STATES.join(", "),
    hint: "While RDS recovers it by itself, wait. To bring back what was deleted or damaged in it, recover to a time beside it: docs/runbooks/region-loss.md, mode drill",
  });

const noBackups = (
  { DBInstanceIdentifier: name, DbiResourceId: id }: DBInstance,
  backup: DBInstanceAutomatedBackup | undefined,
  { region }: RestoreQuestion,
): LifeboatError =>
  new LifeboatError({
    code: "no-recovery-point",
    what: `${name} cannot be restored in ${region}: its automated backups have no restore window`,
    received: backup === undefined ? `no automated backups of ${id}` : `automated backups of ${id} in state ${backup.Status}`,
    allowed: `automated backups of ${id} in ${region}`,
    hint: "Fail over to the recovery region: docs/runbooks/region-loss.md. npm run lifeboat -- strategy says what that loses",
  });

const outsideOfWindow = (to: Date, earliest: Date, latest: Date): LifeboatError =>
  new LifeboatError({
    code: "no-recovery-point",
    what: "The database cannot be restored to this time",
    received: to.toISOString(),
    allowed: `from ${earliest.toISOString()} to ${latest.toISOString()}`,
    hint: "Leave --to out for the newest time",
  });

const inTheWay = ({ DBInstanceIdentifier: name }: DBInstance, received: string, { region }: RestoreQuestion): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: `${name} in ${region} is not of this restore, and stands where it would be made`,
    received,
    allowed: "no instance of this name, or the one that a restore of the failed database began",
    hint: "Find out whose it is. Rename it, or delete it when nobody needs it",
  });

const restoreFailed = ({ DBInstanceIdentifier: name, DBInstanceStatus: status }: DBInstance, { region }: RestoreQuestion): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `The restore that was begun did not succeed; the failed database and its backups are as they were`,
    received: `${name} in ${region} is ${status}`,
    hint: `Read aws rds describe-events --source-type db-instance --source-identifier ${name}, delete it (aws rds delete-db-instance --skip-final-snapshot), and run this again`,
  });
