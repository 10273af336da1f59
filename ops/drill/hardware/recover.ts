import type { DBInstance } from "@aws-sdk/client-rds";
import type { AlarmSeen, EvidenceCheck } from "../../../recovery/evidence/evidence";
import { sentFrom } from "../../../recovery/evidence/since";
import { databaseNames } from "../../../recovery/names";
import { alarmAfter } from "../alarm";
import type { Validation } from "../compare";
import { type DrillContext, told } from "../context";
import { describedDatabase } from "../database";
import { decidingAlarms, REGIONS, SYSTEM } from "../profile";
import { readBack } from "../read-back";
import { failedStep, type Protected } from "../scenario";
import { protectedAgain, standsAsBefore } from "./afterwards";
import { type CommandRun, restoreByCommand } from "./command";

/** What came of the hardware's failure, as far as it came. */
export interface HardwareOutcome {
  readonly at: Date;
  readonly alarm?: AlarmSeen;
  readonly run?: CommandRun;
  readonly servedAt?: Date;
  readonly validation?: Validation;
  readonly ledgerCheckSeconds: number;
  readonly checks: readonly EvidenceCheck[];
}

/** The database's servers and disks are gone; the alarm makes somebody run the restore; what is there is compared with the ledger. */
export const loseAndRestore = async (context: DrillContext, { company }: Protected): Promise<HardwareOutcome> => {
  const { observers, progress, signal } = context;
  const endpoints = await company.endpoints();
  const before = await describedDatabase(observers.primary.rds);
  const left = await loseHardware(context, { company, before });
  let outcome: HardwareOutcome = { at: left.at, ledgerCheckSeconds: 0, checks: [] };
  const noted = (checks: readonly EvidenceCheck[]): readonly EvidenceCheck[] => [...outcome.checks, ...checks];
  let current = "alarm";
  try {
    const alarms = decidingAlarms({}).filter(({ store }) => store === "postgres");
    outcome = { ...outcome, alarm: await alarmAfter(left.at, alarms, context) };
    current = "restore-in-region";
    const run = await restoreByCommand(context);
    outcome = { ...outcome, run };
    current = "applications write again";
    const servedAt = await told(progress, "Waiting for the application's writes", () => company.servedAfter(run.result.times.renamedAt));
    outcome = { ...outcome, servedAt };
    current = "it stands as before";
    outcome = { ...outcome, checks: noted(await standsAsBefore(context, before, run)) };
    current = "it is protected again";
    outcome = { ...outcome, checks: noted(await protectedAgain(context, run, servedAt)) };
    current = "reading everything back";
    const { validation, seconds } = await readBack(context, {
      disasterAt: left.at,
      since: sentFrom(left.leftAt),
      asOf: { postgres: run.result.restoredTo, objects: left.leftAt, chroma: left.leftAt },
      keeping: ["objects", "chroma"],
      observer: observers.primary,
      endpoints,
    });
    return { ...outcome, validation, ledgerCheckSeconds: seconds };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...outcome, checks: noted([failedStep(current, error)]) };
  }
};

/** Resolves to when it was, and to when the application had ended what it met it at. */
const loseHardware = (
  { aws, progress, now }: DrillContext,
  { company, before }: { readonly company: Protected["company"]; readonly before: DBInstance },
): Promise<{ readonly at: Date; readonly leftAt: Date }> =>
  told(
    progress,
    `Losing the hardware of ${before.DBInstanceIdentifier}`,
    async () => {
      const at = now();
      const left = company.workload.leaveWritten();
      const lost = await aws.rds.loseHardware(REGIONS.primary, databaseNames(SYSTEM).instance);
      return { at, leftAt: await left, lost };
    },
    ({ lost: { pids, directories } }) => `${pids.length} servers killed, ${directories.length} data directories deleted`,
  );
