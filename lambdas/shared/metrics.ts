import { type CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { METRICS } from "../../recovery/names";
import type { Store } from "../../recovery/store";

/** One measured value of a system, or of one of its stores. An alarm sees a value only under exactly its own dimensions. */
export interface Measurement {
  readonly name: Exclude<(typeof METRICS)[keyof typeof METRICS], (typeof METRICS)["namespace"]>;
  readonly unit: "Seconds" | "Count";
  readonly value: number;
  readonly at: Date;
  readonly system: string;
  readonly store?: Store;
}

export interface Metrics {
  publish(measurements: readonly Measurement[]): Promise<void>;
}

/** CloudWatch in the client's region. */
export const cloudWatchMetrics = (client: CloudWatchClient): Metrics => ({
  async publish(measurements) {
    if (measurements.length === 0) return;
    await client.send(
      new PutMetricDataCommand({
        Namespace: METRICS.namespace,
        MetricData: measurements.map(({ name, unit, value, at, system, store }) => ({
          MetricName: name,
          Unit: unit,
          Value: value,
          Timestamp: at,
          Dimensions: [{ Name: "System", Value: system }, ...(store === undefined ? [] : [{ Name: "Store", Value: store }])],
        })),
      }),
    );
  },
});

/** Counts one recovery point that was refused, under the dimensions of its alarm: the system alone. */
export const pointRefused =
  (metrics: Metrics, system: string, now: () => Date): (() => Promise<void>) =>
  () =>
    metrics.publish([{ name: METRICS.refusedPoints, unit: "Count", value: 1, at: now(), system }]);
