import { type CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { Subject } from "../../recovery/configuration/subjects";
import { METRICS } from "../../recovery/names";

export interface LagMetrics {
  /** Seconds since the subject was last known to be what is proven in the vault. */
  lag(subject: Subject, seconds: number, at: Date): Promise<void>;
  /** How many secrets have no copy in the recovery region. */
  withoutReplica(count: number, at: Date): Promise<void>;
}

/** CloudWatch in the client's region, which is the recovery region: alarms in the one that may be lost tell nobody. */
export const cloudWatchLagMetrics = (client: CloudWatchClient, system: string): LagMetrics => {
  const publish = async (MetricName: string, Value: number, Timestamp: Date, Unit: "Seconds" | "Count", subject?: Subject) => {
    const Dimensions = [{ Name: "System", Value: system }, ...(subject === undefined ? [] : [{ Name: "Subject", Value: subject }])];
    await client.send(
      new PutMetricDataCommand({ Namespace: METRICS.namespace, MetricData: [{ MetricName, Unit, Value, Timestamp, Dimensions }] }),
    );
  };
  return {
    lag: (subject, seconds, at) => publish(METRICS.configurationLag, seconds, at, "Seconds", subject),
    withoutReplica: (count, at) => publish(METRICS.secretsWithoutReplica, count, at, "Count"),
  };
};
