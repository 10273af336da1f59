import type { EmbeddedAws } from "../../../local/embedded-aws";
import type { DatabaseLags } from "../../../local/embedded-aws/rds";
import { estimatesOnAws } from "../../../recovery/evidence/estimates";
import type { EvidenceCheck } from "../../../recovery/evidence/evidence";
import { phasesFrom } from "../../../recovery/evidence/phases";
import { dependenceOnLostRegion } from "../dependence";
import type { RegionalOptions } from "../options";
import { drillParts, type ScenarioParts } from "../parts";
import { ALARM_PERIOD_SECONDS, EXPORT_INTERVAL_SECONDS, REGIONS, SAMPLE_INTERVAL_SECONDS } from "../profile";
import { check, type Findings, type Protected } from "../scenario";
import { databaseStrategies, measuredLocal } from "./measured";
import type { Outcome } from "./recover";
import { phaseEnds } from "./timeline";

export interface RegionalRecord {
  readonly options: RegionalOptions;
  readonly databases: DatabaseLags;
  readonly aws: EmbeddedAws;
  readonly before: Protected;
  readonly outcome: Outcome;
  /** Requests to the lost region's cluster, counted when the disaster struck. */
  readonly clusterRequestsBefore: number;
}

const PARTS: ScenarioParts = {
  chroma: "killed with SIGKILL, data directory deleted",
  postgres: "killed with SIGKILL, data directory and archive deleted",
  own: [
    {
      name: "loss of the region",
      real: false,
      note: "calls signed for it or to its buckets are refused at the gateway, with writes to IAM and Route 53; its servers are really killed and erased",
    },
  ],
};

/** What was measured, judged and validated of a region's loss. */
export const regionalFindings = (record: RegionalRecord): Findings => {
  const { options, databases, aws, before, outcome } = record;
  const { disaster, alarm, recovered, validation } = outcome;
  const dependence = dependenceOnLostRegion({
    calls: aws.gateway.calls.all(),
    forgotten: aws.gateway.calls.forgotten(),
    lostRegion: REGIONS.primary,
    recoveryRegion: REGIONS.recovery,
    disasterAt: disaster.at,
    deployUser: aws.users.dr.name,
    lostClusterRequests: aws.pods.primary.requestCount() - record.clusterRequestsBefore,
  });
  return {
    strategy: options.strategy,
    disasterAt: disaster.at,
    decidedAt: alarm?.receivedAt ?? null,
    servedAt: recovered?.servedAt,
    phases: [...phasesFrom(disaster.at, phaseEnds(alarm, recovered))],
    stores: validation === undefined ? {} : { ...validation.stores },
    proposal: outcome.proposal ?? null,
    databaseStrategies: databaseStrategies(outcome),
    checks: [...outcome.failures, ...(validation?.checks ?? []), ...(outcome.vault ?? []), ...productChecks(outcome), ...dependence.checks],
    parts: [...drillParts(databases, PARTS)],
    measuredLocal: measuredLocal(before, outcome),
    estimatedOnAws: estimatesOnAws({
      chromaRecords: recovered?.outputs.chroma.records ?? 0,
      alarm: { periodSeconds: ALARM_PERIOD_SECONDS, evaluationPeriods: 1 },
      exportIntervalSeconds: EXPORT_INTERVAL_SECONDS,
      watchIntervalSeconds: SAMPLE_INTERVAL_SECONDS,
    }),
    alarms: alarm === undefined ? [] : [alarm],
    primaryRegionCallsAfterDisaster: dependence.calls,
  };
};

/** What the recovery checked itself, and that a second `up` changes nothing. */
const productChecks = ({ recovered, secondUp, refusedDestroy }: Outcome): readonly EvidenceCheck[] => {
  const own =
    recovered === undefined
      ? []
      : [
          ...recovered.outputs.postgres.checks.map(ofStore("postgres")),
          ...recovered.outputs.chroma.checks.map(ofStore("chroma")),
          ...recovered.outputs.validation.checks.map(ofStore("recovery")),
        ];
  if (secondUp === undefined) return own;
  const { same, ...changed } = secondUp.changes;
  const changes = Object.values(changed).reduce((sum, count) => sum + count, 0);
  return [
    ...own,
    check("recovery", "second pulumi up on dr", "0 changes", `${changes} changes, ${same} unchanged`, changes === 0 && same > 0),
    check(
      "recovery",
      "pulumi destroy on dr",
      "refused: its resources are protected",
      refusedDestroy === undefined ? "destroyed" : firstProtected(refusedDestroy),
      refusedDestroy !== undefined && /protect/i.test(refusedDestroy),
    ),
  ];
};

/** The engine names every protected resource; one line is enough for a table. */
const firstProtected = (message: string): string =>
  message
    .split("\n")
    .find((line) => /protect/i.test(line))
    ?.trim()
    .slice(0, 200) ?? message.slice(0, 200);

const ofStore =
  (store: string) =>
  (own: Omit<EvidenceCheck, "store">): EvidenceCheck => ({ store, ...own });
