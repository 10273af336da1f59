import type { EvidenceCheck } from "../../../recovery/evidence/evidence";
import { sentFrom } from "../../../recovery/evidence/since";
import type { Validation } from "../compare";
import type { DrillContext } from "../context";
import { told } from "../context";
import { describedDatabase } from "../database";
import { REGIONS } from "../profile";
import { readBack } from "../read-back";
import { check, failedStep, type Protected } from "../scenario";
import { protectedAgain, standbyAgain } from "./afterwards";
import { type Failover, failoverAfter } from "./failover";
import { loseZone, type ZoneLoss } from "./lose";

/** What came of the zone's loss, as far as it came. */
export interface ZoneOutcome {
  readonly loss: ZoneLoss;
  readonly failover?: Failover;
  readonly servedAt?: Date;
  /** From the zone's return until commits waited for a standby in it. */
  readonly standbySeconds?: number;
  readonly validation?: Validation;
  readonly ledgerCheckSeconds: number;
  readonly checks: readonly EvidenceCheck[];
}

/** A zone is lost; nobody does anything; what is there is compared with the ledger. */
export const loseAndWatch = async (context: DrillContext, before: Protected): Promise<ZoneOutcome> => {
  const { now, signal, progress } = context;
  const { company } = before;
  const endpoints = await company.endpoints();
  const loss = await loseZone(context, before);
  let outcome: ZoneOutcome = { loss, ledgerCheckSeconds: 0, checks: [] };
  const noted = (checks: readonly EvidenceCheck[]): readonly EvidenceCheck[] => [...outcome.checks, ...checks];
  let current = "the standby takes over";
  try {
    outcome = { ...outcome, failover: await failoverAfter(loss.at, context) };
    current = "applications write again";
    const servedAt = await told(progress, "Waiting for the application's writes", () => company.servedAfter(loss.overAt));
    outcome = { ...outcome, servedAt, checks: noted(await sameEndpoint(context, before, loss)) };
    current = "the pods start again";
    outcome = { ...outcome, checks: noted([podsAgain(context, loss)]) };
    current = "a standby stands again";
    const resumedAt = now();
    outcome = { ...outcome, checks: noted(await standbyAgain(context, loss)) };
    outcome = { ...outcome, standbySeconds: (now().getTime() - resumedAt.getTime()) / 1000 };
    current = "it is protected again";
    outcome = { ...outcome, checks: noted(await protectedAgain(context, servedAt)) };
    current = "reading everything back";
    const { validation, seconds } = await readBack(context, {
      disasterAt: loss.at,
      since: sentFrom(loss.leftAt),
      // Nothing was recovered to a time: every store is what it was, and all that it had promised by then is there.
      asOf: { postgres: loss.leftAt, objects: loss.leftAt, chroma: loss.leftAt },
      keeping: ["postgres", "objects", "chroma"],
      observer: context.observers.primary,
      endpoints,
    });
    return { ...outcome, validation, ledgerCheckSeconds: seconds };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ...outcome, checks: noted([failedStep(current, error)]) };
  }
};

/** Applications are told nothing: the database answers in another zone under the same name and port. */
const sameEndpoint = async (
  { observers }: DrillContext,
  { company }: Protected,
  { zone, database }: ZoneLoss,
): Promise<readonly EvidenceCheck[]> => {
  const { AvailabilityZone = "none", Endpoint } = await describedDatabase(observers.primary.rds);
  const [before, after] = [`${database.host}:${database.port}`, `${Endpoint?.Address}:${Endpoint?.Port}`];
  const { endpointChanges, region } = company.workload.statistics();
  return [
    check("postgres", "endpoint", before, after, before === after),
    check("postgres", "zone", `another than ${zone}`, AvailabilityZone, AvailabilityZone !== zone && AvailabilityZone !== "none"),
    check(
      "recovery",
      "the application's endpoints",
      `0 changes, in ${REGIONS.primary}`,
      `${endpointChanges} changes, in ${region}`,
      endpointChanges === 0 && region === REGIONS.primary,
    ),
  ];
};

const podsAgain = ({ aws }: DrillContext, { zone, pods }: ZoneLoss): EvidenceCheck => {
  const running = aws.pods.primary.processes();
  const again = pods.filter(({ namespace, pod, pid }) =>
    running.some((each) => each.namespace === namespace && each.pod === pod && each.pid !== pid && each.zone !== zone),
  );
  return check(
    "chroma",
    "pods start again in another zone",
    `${pods.length} of those that were killed`,
    `${again.length}: ${again.map(({ pod }) => pod).join(", ")}`,
    again.length === pods.length && pods.length > 0,
  );
};
