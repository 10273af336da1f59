import { measuredRate } from "../../../recovery/estimates/measured-restore";
import type { Evidence, MeasuredStep } from "../../../recovery/evidence/evidence";
import type { DatabaseMethod } from "../../../recovery/evidence/strategies";
import type { RecoveryOutputs } from "../recovery";
import type { Protected } from "../scenario";
import { resourcesOf, rounded } from "../steps";
import type { Outcome } from "./recover";

/** The steps of this run that a person plans with, beside the phases. */
export const measuredLocal = (
  { prodUp, protectSeconds }: Protected,
  { recovered, secondUp, validation, ledgerCheckSeconds }: Outcome,
): Readonly<Record<string, MeasuredStep>> => ({
  "pulumi up on prod": { seconds: rounded(prodUp.seconds), note: `${resourcesOf(prodUp)} resources` },
  "from the load to a usable recovery point": {
    seconds: rounded(protectSeconds),
    note: "the schedule's wait, export, replication, seal, read-back",
  },
  ...(recovered === undefined
    ? {}
    : {
        "pulumi up on dr": {
          seconds: rounded(recovered.up.seconds),
          note: `${resourcesOf(recovered.up)} resources, with import, validation and cut-over`,
        },
        "skew between the stores": {
          lagSeconds: rounded(recovered.outputs.plan.skewSeconds),
          note: "between the times of the recovered rows, objects and vectors",
        },
        ...databaseSteps(recovered.outputs),
        ...vectorsSteps(recovered.outputs),
      }),
  ...(secondUp === undefined
    ? {}
    : { "second pulumi up on dr": { seconds: rounded(secondUp.seconds), note: `${secondUp.changes.same} unchanged` } }),
  ...(validation === undefined
    ? {}
    : {
        "reading everything back against the ledger": { seconds: rounded(ledgerCheckSeconds), note: "after the cut-over, outside the RTO" },
      }),
});

const secondsBetween = (from: string, to: string): number => rounded((Date.parse(to) - Date.parse(from)) / 1000);

/** Available is what RDS says, usable what an application needs: here they lie close together, because no volume fills lazily. */
const databaseSteps = ({ plan, postgres }: RecoveryOutputs): Readonly<Record<string, MeasuredStep>> => ({
  "postgres: from the decision to available": {
    seconds: secondsBetween(plan.resolvedAt, postgres.startedAt),
    note: `${HOW[plan.stores.postgres?.method ?? "restore"]}, as pulumi up waited for it`,
  },
  "postgres: from available to usable": {
    seconds: secondsBetween(postgres.startedAt, postgres.usableAt),
    note: `connections accepted, recovery ended, ${postgres.tables} tables answered a first query`,
  },
});

/** By the import's own result: what the next estimate of a restore goes by. */
const vectorsSteps = ({ chroma: { measured } }: RecoveryOutputs): Readonly<Record<string, MeasuredStep>> => {
  if (measured === undefined) return {};
  const { added, readBack, beforeFirstRecordSeconds } = measured;
  const rate = measuredRate(measured);
  const seconds = `${rounded(added.seconds)} s of adding, ${rounded(readBack.seconds)} s of reading back`;
  return {
    ...(beforeFirstRecordSeconds === undefined
      ? {}
      : {
          "chroma: from the plan to the first record": {
            seconds: rounded(beforeFirstRecordSeconds),
            note: "the server was made meanwhile",
          },
        }),
    "chroma: from the first record until all were read back": {
      seconds: rounded(added.seconds + readBack.seconds),
      note: `${added.records} records, ${added.bytes} bytes: ${seconds}${rate === undefined ? "" : `; ${Math.round(rate)} records/s`}`,
    },
  };
};

const HOW: Readonly<Record<DatabaseMethod, string>> = {
  promotion: "the standing replica promoted, its backups begun, its password changed",
  restore: "the base backup copied, WAL replayed to the time, settings and password changed",
};

/** The strategy that was used, from the plan to the last table's first answer, and the other one where it was measured beside. */
export const databaseStrategies = ({ recovered, validation, beside }: Outcome): Evidence["databaseStrategies"] => {
  const used = recovered?.outputs.plan.stores.postgres;
  if (recovered === undefined || validation === undefined || used === undefined) return {};
  const { plan, postgres } = recovered.outputs;
  const { lossSeconds, lostWrites } = validation.stores.postgres;
  const recoverySeconds = (Date.parse(postgres.usableAt) - Date.parse(plan.resolvedAt)) / 1000;
  return {
    ...(beside === undefined ? {} : { restore: beside }),
    [used.method]: { lossSeconds, lostWrites, recoverySeconds, note: `applications were sent to it: ${HOW[used.method]}` },
  };
};
