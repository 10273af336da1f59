import type { DatabaseLags } from "../../../local/embedded-aws/rds";
import type { MeasuredStep } from "../../../recovery/evidence/evidence";
import { type Phase, phasesFrom } from "../../../recovery/evidence/phases";
import { drillParts, type ScenarioParts } from "../parts";
import type { Findings, Protected } from "../scenario";
import { resourcesOf, rounded } from "../steps";
import { zoneEstimates } from "./estimates";
import type { ZoneOutcome } from "./recover";

const PARTS: ScenarioParts = {
  chroma: "killed with SIGKILL, data directory kept",
  postgres: "primary killed with SIGKILL, the standby's own data directory served from then on",
  own: [
    {
      name: "loss of the zone",
      real: false,
      note: "the database's server and the pods of that zone are really killed, and nothing starts there until its power is back; its network, and functions that run in it, are not lost",
    },
    {
      name: "volumes and nodes of the zone",
      real: false,
      note: "the pod starts again at once on the volume that it had, as with storage that several zones reach. An EBS volume stays in its zone: there Chroma is down until the zone is back, or is restored from its newest export; and Kubernetes gives a node up after minutes",
    },
    {
      name: "standby of the database",
      real: true,
      note: "PostgreSQL's synchronous replication to a second server, where RDS copies the blocks of the disk: what was acknowledged is on both disks either way",
    },
  ],
};

/** What was measured, judged and validated of a zone's loss. */
export const zoneFindings = (databases: DatabaseLags, before: Protected, outcome: ZoneOutcome): Findings => {
  const { loss, failover, servedAt, validation, checks } = outcome;
  return {
    strategy: null,
    disasterAt: loss.at,
    decidedAt: failover?.startedAt.toISOString() ?? null,
    servedAt,
    phases: [...phasesOf(outcome)],
    stores: validation === undefined ? {} : { ...validation.stores },
    proposal: null,
    databaseStrategies: {},
    checks: [...checks, ...(validation?.checks ?? [])],
    parts: [...drillParts(databases, PARTS)],
    measuredLocal: measuredLocal(before, outcome),
    estimatedOnAws: zoneEstimates(),
    alarms: [],
    primaryRegionCallsAfterDisaster: null,
  };
};

const NOTES = {
  decide: "RDS decides by itself, and says so in an event",
  provision: "nothing is made: the standby runs already",
  restore: "the standby takes over, until RDS says so or the application writes",
  hydrate: "the standby's volume is whole",
  verify: "nothing is verified before applications are served; the drill reads everything back after",
  cutOver: "nobody sends applications anywhere: they connect again to the same endpoint",
} as const;

const phasesOf = ({ loss, failover, servedAt }: ZoneOutcome): readonly Phase[] => {
  if (failover === undefined) return [];
  const { startedAt: decide, completedAt } = failover;
  // RDS says that it is done when the new primary takes connections: an application may be quicker than its event.
  const restore = servedAt === undefined ? completedAt : new Date(Math.min(completedAt.getTime(), servedAt.getTime()));
  const ended = { decide, provision: decide, restore, hydrate: restore, verify: restore };
  return phasesFrom(loss.at, servedAt === undefined ? ended : { ...ended, cutOver: servedAt }).map((phase) => ({
    ...phase,
    note: NOTES[phase.name],
  }));
};

const measuredLocal = (
  { prodUp, protectSeconds }: Protected,
  { standbySeconds, validation, ledgerCheckSeconds }: ZoneOutcome,
): Readonly<Record<string, MeasuredStep>> => ({
  "pulumi up on prod": { seconds: rounded(prodUp.seconds), note: `${resourcesOf(prodUp)} resources` },
  "from the load to the loss": {
    seconds: rounded(protectSeconds),
    note: "the application writes; the standby stands since prod was deployed",
  },
  ...(standbySeconds === undefined
    ? {}
    : {
        "from the zone's return to a synchronous standby": {
          seconds: rounded(standbySeconds),
          note: "a base backup of the new primary, then streaming until commits wait; on AWS the volume is copied again or caught up",
        },
      }),
  ...(validation === undefined
    ? {}
    : {
        "reading everything back against the ledger": { seconds: rounded(ledgerCheckSeconds), note: "after the recovery, outside the RTO" },
      }),
});
