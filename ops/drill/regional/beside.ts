import { setTimeout as sleep } from "node:timers/promises";
import { DescribeDBInstancesCommand, type RDSClient, RestoreDBInstanceToPointInTimeCommand } from "@aws-sdk/client-rds";
import type { AutomatedBackups } from "../../../lambdas/shared/automated-backups";
import { LifeboatError } from "../../../recovery/errors";
import type { LedgerEntry } from "../../../recovery/evidence/ledger";
import { measureLoss } from "../../../recovery/evidence/loss";
import { inAnotherRegion } from "../../../recovery/evidence/since";
import type { StrategyMeasured } from "../../../recovery/evidence/strategies";
import { databaseNames } from "../../../recovery/names";
import { databaseState, type RecoveredDatabaseAccess, readDatabase } from "../recovered-postgres";

export interface BesideQuestion {
  readonly rds: RDSClient;
  readonly backups: AutomatedBackups;
  readonly system: string;
  readonly primaryRegion: string;
  readonly disasterAt: Date;
  /** How the protected database was connected to: a restore keeps its user and password. */
  readonly login: Omit<RecoveredDatabaseAccess, "host" | "port">;
  readonly entries: () => Promise<readonly LedgerEntry[]>;
  readonly timeoutSeconds: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

const POLL_MS = 200;

/**
 * What the other strategy would have brought: a restore of the newest restorable time, beside what a promotion made the database. It is the observer's
 * own, no part of the recovery, and takes nothing from it.
 */
export const restoreBeside = async (question: BesideQuestion): Promise<StrategyMeasured> => {
  const { rds, backups, system, primaryRegion, disasterAt, now } = question;
  const startedAt = now();
  const [source] = await backups.find(databaseNames(system).instance, primaryRegion);
  if (source === undefined) throw nothingToRestore(system, primaryRegion);
  const instance = `${databaseNames(system).instance}-beside`;
  const { group } = databaseNames(system);
  await rds.send(
    new RestoreDBInstanceToPointInTimeCommand({
      SourceDBInstanceAutomatedBackupsArn: source.arn,
      TargetDBInstanceIdentifier: instance,
      UseLatestRestorableTime: true,
      DBSubnetGroupName: group,
      DBParameterGroupName: group,
    }),
  );
  const at = await whenAvailable(question, instance);
  const seen = await readDatabase({ ...question.login, ...at });
  const recoverySeconds = (now().getTime() - startedAt.getTime()) / 1000;
  const entries = (await question.entries()).filter(({ store }) => store === "postgres");
  const { lossSeconds, lostWrites } = measureLoss({
    entries,
    since: inAnotherRegion(primaryRegion),
    disasterAt,
    recovered: databaseState(seen),
  });
  return {
    lossSeconds,
    lostWrites,
    recoverySeconds,
    note: "restored beside the recovered database from the replicated automated backups, to their newest restorable time, until every row was read",
  };
};

const whenAvailable = async ({ rds, timeoutSeconds, now, signal }: BesideQuestion, instance: string) => {
  const deadlineMs = now().getTime() + timeoutSeconds * 1000;
  let status = "not there";
  while (now().getTime() < deadlineMs) {
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: instance }));
    const { DBInstanceStatus, Endpoint } = DBInstances[0] ?? {};
    status = DBInstanceStatus ?? status;
    if (status === "available" && Endpoint?.Address !== undefined && Endpoint.Port !== undefined)
      return { host: Endpoint.Address, port: Endpoint.Port };
    await sleep(POLL_MS, undefined, { signal });
  }
  throw new LifeboatError({
    code: "store-unavailable",
    what: `The database that was restored beside was not available after ${timeoutSeconds} s`,
    received: `${instance}: ${status}`,
    hint: "Read engine.log and the databases' logs in the run's databases folder",
  });
};

const nothingToRestore = (system: string, primaryRegion: string): LifeboatError =>
  new LifeboatError({
    code: "no-recovery-point",
    what: "Nothing could be restored beside",
    received: `no automated backups of ${databaseNames(system).instance} of ${primaryRegion}`,
    hint: "Look at the replication of its automated backups",
  });
