import type { StackResult } from "../../local/stacks";
import type { MeasuredStep } from "../../recovery/evidence/evidence";
import type { Outcome, Protected } from "./drill";
import type { RecoveryOutputs } from "./recovery";

const resources = ({ changes }: StackResult): number => changes.create + changes.same + changes.update + changes.replace;
const round = (seconds: number): number => Math.round(seconds * 10) / 10;

/** The steps of this run that a person plans with, beside the phases. */
export const measuredLocal = (
  { prodUp, protectSeconds }: Protected,
  { recovered, secondUp, validation, ledgerCheckSeconds }: Outcome,
): Readonly<Record<string, MeasuredStep>> => ({
  "pulumi up on prod": { seconds: round(prodUp.seconds), note: `${resources(prodUp)} resources` },
  "from the load to a usable recovery point": {
    seconds: round(protectSeconds),
    note: "the schedule's wait, export, replication, seal, read-back",
  },
  ...(recovered === undefined
    ? {}
    : {
        "pulumi up on dr": {
          seconds: round(recovered.up.seconds),
          note: `${resources(recovered.up)} resources, with import, validation and cut-over`,
        },
        "skew between the stores": {
          lagSeconds: round(recovered.outputs.plan.skewSeconds),
          note: "between the times of the recovered rows, objects and vectors",
        },
        ...databaseSteps(recovered.outputs),
      }),
  ...(secondUp === undefined
    ? {}
    : { "second pulumi up on dr": { seconds: round(secondUp.seconds), note: `${secondUp.changes.same} unchanged` } }),
  ...(validation === undefined
    ? {}
    : {
        "reading everything back against the ledger": { seconds: round(ledgerCheckSeconds), note: "after the cut-over, outside the RTO" },
      }),
});

const secondsBetween = (from: string, to: string): number => round((Date.parse(to) - Date.parse(from)) / 1000);

/** Available is what RDS says, usable what an application needs: here they lie close together, because no volume fills lazily. */
const databaseSteps = ({ plan, postgres }: RecoveryOutputs): Readonly<Record<string, MeasuredStep>> => ({
  "postgres: from the decision for a time to available": {
    seconds: secondsBetween(plan.resolvedAt, postgres.startedAt),
    note: "the base backup copied, WAL replayed to the time, settings and password changed, as pulumi up waited for it",
  },
  "postgres: from available to usable": {
    seconds: secondsBetween(postgres.startedAt, postgres.usableAt),
    note: `connections accepted, recovery ended, ${postgres.tables} tables answered a first query`,
  },
});
