import type { EmbeddedAws } from "../../local/embedded-aws";
import { estimatesOnAws } from "../../recovery/evidence/estimates";
import { type Evidence, type EvidenceCheck, evidenceOf } from "../../recovery/evidence/evidence";
import { phasesFrom } from "../../recovery/evidence/phases";
import { dependenceOnLostRegion } from "./dependence";
import type { Outcome, Protected } from "./drill";
import { measuredLocal } from "./measured";
import type { DrillOptions } from "./options";
import { drillParts } from "./parts";
import { ALARM_PERIOD_SECONDS, databaseLagSeconds, EXPORT_INTERVAL_SECONDS, OBJECTIVES, REGIONS, SAMPLE_INTERVAL_SECONDS } from "./profile";
import { phaseEnds } from "./timeline";

export interface DrillRecord {
  readonly options: DrillOptions;
  readonly startedAt: Date;
  readonly aws: EmbeddedAws;
  readonly before: Protected;
  readonly outcome: Outcome;
  /** Requests to the lost region's cluster, counted when the disaster struck. */
  readonly clusterRequestsBefore: number;
}

/** Puts the evidence together: what was measured, judged and validated. */
export const assembleEvidence = (record: DrillRecord): Evidence => {
  const { options, startedAt, aws, before, outcome } = record;
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
  return evidenceOf({
    scenario: options.scenario,
    strategy: options.strategy,
    startedAt: startedAt.toISOString(),
    disasterAt: disaster.at.toISOString(),
    decidedAt: alarm?.receivedAt ?? null,
    recoveredAt: recovered?.servedAt.toISOString() ?? null,
    phases: [...phasesFrom(disaster.at, phaseEnds(alarm, recovered))],
    rtoSeconds: recovered === undefined ? null : (recovered.servedAt.getTime() - disaster.at.getTime()) / 1000,
    rtoObjectiveSeconds: OBJECTIVES.rtoSeconds,
    stores: validation === undefined ? {} : { ...validation.stores },
    checks: [...outcome.failures, ...(validation?.checks ?? []), ...productChecks(outcome), ...dependence.checks],
    parts: [...drillParts(databaseLagSeconds(options))],
    measuredLocal: measuredLocal(before, outcome),
    estimatedOnAws: estimatesOnAws({
      chromaRecords: recovered?.outputs.chroma.records ?? 0,
      alarm: { periodSeconds: ALARM_PERIOD_SECONDS, evaluationPeriods: 1 },
      exportIntervalSeconds: EXPORT_INTERVAL_SECONDS,
      watchIntervalSeconds: SAMPLE_INTERVAL_SECONDS,
    }),
    alarms: alarm === undefined ? [] : [alarm],
    primaryRegionCallsAfterDisaster: dependence.calls,
  });
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
    {
      store: "recovery",
      name: "second pulumi up on dr",
      expected: "0 changes",
      actual: `${changes} changes, ${same} unchanged`,
      passed: changes === 0 && same > 0,
    },
    {
      store: "recovery",
      name: "pulumi destroy on dr",
      expected: "refused: its resources are protected",
      actual: refusedDestroy === undefined ? "destroyed" : firstProtected(refusedDestroy),
      passed: refusedDestroy !== undefined && /protect/i.test(refusedDestroy),
    },
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
  (check: Omit<EvidenceCheck, "store">): EvidenceCheck => ({ store, ...check });
