import { type CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import type { Subject } from "../../../recovery/configuration/subjects";
import { METRICS } from "../../../recovery/names";

/** GetMetricStatistics answers 1,440 data at most. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
const MOST_DATA = 1_440;
const MINUTE_SECONDS = 60;

/**
 * When a subject of the configuration was last known to be exported as it is; undefined when nobody has said so within this time. Whoever exports it
 * publishes with every run how long ago that was, in the client's region.
 */
export const currencyOf =
  (client: CloudWatchClient, system: string) =>
  async (subject: Subject, now: Date, withinSeconds: number): Promise<Date | undefined> => {
    const Period = Math.ceil(withinSeconds / MOST_DATA / MINUTE_SECONDS) * MINUTE_SECONDS;
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: METRICS.namespace,
        MetricName: METRICS.configurationLag,
        Dimensions: [
          { Name: "System", Value: system },
          { Name: "Subject", Value: subject },
        ],
        StartTime: new Date(now.getTime() - withinSeconds * 1000),
        EndTime: now,
        Period,
        Statistics: ["Minimum"],
      }),
    );
    // A datum is stamped with the beginning of its period: at the most a period too early.
    const times = Datapoints.flatMap(({ Timestamp, Minimum }) =>
      Timestamp === undefined || Minimum === undefined ? [] : [Timestamp.getTime() - Minimum * 1000],
    );
    return times.length === 0 ? undefined : new Date(Math.max(...times));
  };
