import { type CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import * as z from "zod";
import type { RuleStatus } from "../../recovery/objects/comparison";

/** A replication rule as S3's metrics name it. */
export const ReplicationRule = z.object({ rule: z.string(), destination: z.string() });
export type ReplicationRule = z.infer<typeof ReplicationRule>;

export type ReadRuleStatus = (rule: ReplicationRule, now: Date) => Promise<RuleStatus>;

/**
 * S3 publishes them in the destination's region, so that they can be read when the source's is lost.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
const METRICS = {
  pendingBytes: "BytesPendingReplication",
  pendingOperations: "OperationsPendingReplication",
  latencySeconds: "ReplicationLatency",
} as const;

const PERIOD_SECONDS = 60;
const LOOKBACK_MS = 60 * 60 * 1000;

/** What S3 says of a rule in CloudWatch of the destination's region: the newest value of each metric within an hour, where there is one. */
export const cloudWatchRuleStatus =
  (client: CloudWatchClient, sourceBucket: string): ReadRuleStatus =>
  async (rule, now) => {
    const newest = async (name: string) => {
      const { Datapoints = [] } = await client.send(
        new GetMetricStatisticsCommand({
          Namespace: "AWS/S3",
          MetricName: name,
          Dimensions: [
            { Name: "SourceBucket", Value: sourceBucket },
            { Name: "DestinationBucket", Value: rule.destination },
            { Name: "RuleId", Value: rule.rule },
          ],
          StartTime: new Date(now.getTime() - LOOKBACK_MS),
          EndTime: now,
          Period: PERIOD_SECONDS,
          Statistics: ["Maximum"],
        }),
      );
      return Datapoints.reduce<(typeof Datapoints)[number] | undefined>(
        (latest, datum) => ((datum.Timestamp ?? 0) > (latest?.Timestamp ?? 0) ? datum : latest),
        undefined,
      );
    };
    const status: RuleStatus = { ...rule };
    for (const [field, name] of Object.entries(METRICS) as [keyof typeof METRICS, string][]) {
      const datum = await newest(name);
      if (datum?.Maximum === undefined) continue;
      status[field] = datum.Maximum;
      status.measuredAt = datum.Timestamp?.toISOString();
    }
    return status;
  };
