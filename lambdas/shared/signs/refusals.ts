import { type CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { METRICS } from "../../../recovery/names";
import type { CorruptionSign } from "../../../recovery/strategy/signals";

export interface Refusals {
  readonly count: number;
  /** The beginning of the hour of the first one. */
  readonly firstFrom: Date;
}

export interface RefusalReader {
  /** Undefined when none was counted. */
  between(system: string, from: Date, to: Date): Promise<Refusals | undefined>;
}

const HOUR_SECONDS = 3600;

/** The metric that sealing and verifying functions publish, in the client's region. */
export const cloudWatchRefusals = (client: CloudWatchClient): RefusalReader => ({
  async between(system, from, to) {
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: METRICS.namespace,
        MetricName: METRICS.refusedPoints,
        Dimensions: [{ Name: "System", Value: system }],
        StartTime: from,
        EndTime: to,
        Period: HOUR_SECONDS,
        Statistics: ["Sum"],
      }),
    );
    const counted = Datapoints.flatMap(({ Timestamp, Sum = 0 }) =>
      Timestamp === undefined || Sum <= 0 ? [] : [{ at: Timestamp, sum: Sum }],
    );
    const first = counted.toSorted((a, b) => a.at.getTime() - b.at.getTime()).at(0);
    return first === undefined ? undefined : { count: counted.reduce((total, { sum }) => total + sum, 0), firstFrom: first.at };
  },
});

const LOOKBACK_MS = 24 * HOUR_SECONDS * 1000;

/** Points that were refused within a day. The metric has no store; the catalogue tells of those that were sealed before they were refused. */
export const refusalSigns = async (refusals: RefusalReader, system: string, now: Date): Promise<readonly CorruptionSign[]> => {
  const found = await refusals.between(system, new Date(now.getTime() - LOOKBACK_MS), now);
  if (found === undefined) return [];
  return [
    {
      kind: "refused-points",
      since: found.firstFrom,
      evidence: `${found.count} refusals of recovery points within a day, by metric ${METRICS.refusedPoints}`,
      look: "see docs/runbooks/refused-point.md before vectors are restored",
    },
  ];
};
