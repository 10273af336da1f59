import type { DatabaseLags } from "../../../local/embedded-aws/rds";
import type { Evidence, MeasuredStep } from "../../../recovery/evidence/evidence";
import { type Phase, type PhaseName, phasesFrom } from "../../../recovery/evidence/phases";
import { drillParts, type ScenarioParts } from "../parts";
import type { Findings, Protected } from "../scenario";
import { resourcesOf, rounded } from "../steps";
import { hardwareEstimates } from "./estimates";
import type { HardwareOutcome } from "./recover";

const PARTS: ScenarioParts = {
  chroma: "not touched",
  postgres: "killed with SIGKILL with its standby, both data directories deleted, the archive kept",
  own: [
    {
      name: "loss of the hardware",
      real: false,
      note: "RDS calls the instance failed at once. On AWS primary and standby are lost together only by two failures at a time, or by what is mirrored to both",
    },
    {
      name: "name of the database",
      real: false,
      note: "the endpoint is an address and a port, at which the restored instance answers before it has the name. On AWS it has a name of its own until the rename, which takes about 10 minutes: what is counted here are writes that were sent after the rename",
    },
  ],
};

/** What was measured, judged and validated of a failure of the database's hardware. */
export const hardwareFindings = (databases: DatabaseLags, before: Protected, outcome: HardwareOutcome): Findings => {
  const { at, alarm, servedAt, validation, checks } = outcome;
  return {
    strategy: null,
    disasterAt: at,
    decidedAt: alarm?.receivedAt ?? null,
    servedAt,
    phases: [...phasesOf(outcome)],
    stores: validation === undefined ? {} : { ...validation.stores },
    proposal: null,
    databaseStrategies: strategyOf(outcome),
    checks: [...checks, ...(validation?.checks ?? [])],
    parts: [...drillParts(databases, PARTS)],
    measuredLocal: measuredLocal(before, outcome),
    estimatedOnAws: hardwareEstimates(),
    alarms: alarm === undefined ? [] : [alarm],
    primaryRegionCallsAfterDisaster: null,
  };
};

const NOTES: Readonly<Partial<Record<PhaseName, string>>> = {
  provision: "RDS takes the call: nothing else has to be made",
  cutOver: "the failed instance deleted, its name on the restored one, and the application's writes",
};

const phasesOf = ({ at, alarm, run, servedAt }: HardwareOutcome): readonly Phase[] => {
  if (alarm === undefined) return [];
  const decide = new Date(alarm.receivedAt);
  if (run === undefined || servedAt === undefined) return phasesFrom(at, { decide });
  const { proof, times } = run.result;
  const ended = { decide, provision: times.askedAt, restore: times.availableAt, hydrate: proof.usableAt, verify: times.provenAt };
  return phasesFrom(at, { ...ended, cutOver: servedAt }).map((phase) => {
    const note = NOTES[phase.name];
    return note === undefined ? phase : { ...phase, note };
  });
};

const strategyOf = ({ alarm, run, validation }: HardwareOutcome): Evidence["databaseStrategies"] => {
  if (alarm === undefined || run === undefined || validation === undefined) return {};
  const { lossSeconds, lostWrites } = validation.stores.postgres;
  const recoverySeconds = (run.result.proof.usableAt.getTime() - Date.parse(alarm.receivedAt)) / 1000;
  const note = "from the region's own backups, beside, then under the failed instance's name";
  return { restore: { lossSeconds, lostWrites, recoverySeconds, note } };
};

const secondsBetween = (from: Date, to: Date): number => rounded((to.getTime() - from.getTime()) / 1000);

const measuredLocal = (
  { prodUp, protectSeconds }: Protected,
  { run, validation, ledgerCheckSeconds }: HardwareOutcome,
): Readonly<Record<string, MeasuredStep>> => ({
  "pulumi up on prod": { seconds: rounded(prodUp.seconds), note: `${resourcesOf(prodUp)} resources` },
  "from the load to a calm alarm": {
    seconds: rounded(protectSeconds),
    note: "the backups hold what was loaded, and the lag was measured; the function's schedule has a minute",
  },
  ...(run === undefined
    ? {}
    : {
        "postgres: from the call to available": {
          seconds: secondsBetween(run.result.times.askedAt, run.result.times.availableAt),
          note: "the base backup copied, WAL replayed to the time, a standby made, a first backup taken",
        },
        "postgres: deletion of the failed instance": {
          seconds: secondsBetween(run.result.times.provenAt, run.result.times.removedAt),
          note: "its backups stay",
        },
        "postgres: rename": {
          seconds: secondsBetween(run.result.times.removedAt, run.result.times.renamedAt),
          note: "about 10 minutes on AWS",
        },
      }),
  ...(validation === undefined
    ? {}
    : {
        "reading everything back against the ledger": { seconds: rounded(ledgerCheckSeconds), note: "after the recovery, outside the RTO" },
      }),
});
