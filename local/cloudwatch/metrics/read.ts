import { z } from "zod";
import { validationError } from "../errors";
import type { Context } from "../region";
import { dimension, dimensions, integer, metricDataQuery, page, parseInput, time } from "../shapes";
import { compileQueries } from "./queries";
import { statisticOf } from "./statistics";
import type { Slices } from "./store";

/** Slices begin at whole periods, so that the same call a second later sees the same ones. */
const slicesOf = (startMs: number, endMs: number, periodSeconds: number): Slices => {
  const periodMs = periodSeconds * 1000;
  const alignedMs = Math.floor(startMs / periodMs) * periodMs;
  return { startMs: alignedMs, periodMs, count: Math.max(0, Math.ceil((endMs - alignedMs) / periodMs)) };
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const dataInput = z.strictObject({
  MetricDataQueries: z.array(metricDataQuery).min(1).max(500),
  StartTime: time,
  EndTime: time,
  ScanBy: z.enum(["TimestampDescending", "TimestampAscending"]).default("TimestampDescending"),
  MaxDatapoints: integer.optional(),
  NextToken: z.string().optional(),
  LabelOptions: z.strictObject({ Timezone: z.string().optional() }).optional(),
});

export const getMetricData = (raw: unknown, { region }: Context): object => {
  const { MetricDataQueries, StartTime, EndTime, ScanBy } = parseInput(dataInput, raw);
  if (StartTime >= EndTime) throw validationError("StartTime must be before EndTime");
  const compiled = compileQueries(MetricDataQueries);
  const results = MetricDataQueries.filter((query) => query.ReturnData !== false).map((query) => {
    const slices = slicesOf(StartTime.getTime(), EndTime.getTime(), compiled.periodSecondsOf(query.Id));
    const points = [...compiled.points(query.Id, slices, region.metrics)].sort(([a], [b]) =>
      ScanBy === "TimestampAscending" ? a - b : b - a,
    );
    return {
      Id: query.Id,
      Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
      Timestamps: points.map(([timeMs]) => new Date(timeMs)),
      Values: points.map(([, value]) => value),
      StatusCode: "Complete",
    };
  });
  return { MetricDataResults: results, Messages: [] };
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
const statisticsInput = z.strictObject({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: dimensions.default([]),
  StartTime: time,
  EndTime: time,
  Period: integer,
  Statistics: z.array(z.enum(["SampleCount", "Average", "Sum", "Minimum", "Maximum"])).default([]),
  ExtendedStatistics: z.array(z.string()).default([]),
  Unit: z.string().optional(),
});

export const getMetricStatistics = (raw: unknown, { region }: Context): object => {
  const { Namespace, MetricName, Dimensions, StartTime, EndTime, Period, Statistics, ExtendedStatistics, Unit } = parseInput(
    statisticsInput,
    raw,
  );
  if (Statistics.length + ExtendedStatistics.length === 0) throw validationError("Statistics or ExtendedStatistics must be given");
  const metric = { Namespace, MetricName, Dimensions };
  const slices = slicesOf(StartTime.getTime(), EndTime.getTime(), Period);
  const unit = Unit ?? region.metrics.unitOf(metric) ?? "None";
  const pointsOf = (name: string) => region.metrics.points(metric, slices, statisticOf(name), Unit);
  const plain = Statistics.map((name) => [name, pointsOf(name)] as const);
  const extended = ExtendedStatistics.map((name) => [name, pointsOf(name)] as const);
  const times = new Set([...plain, ...extended].flatMap(([, points]) => [...points.keys()]));
  const valuesAt = (timeMs: number, of: typeof plain | typeof extended) =>
    Object.fromEntries(of.map(([name, points]) => [name, points.get(timeMs)]));
  return {
    Label: MetricName,
    Datapoints: [...times].map((timeMs) => ({
      Timestamp: new Date(timeMs),
      ...valuesAt(timeMs, plain),
      ...(extended.length === 0 ? {} : { ExtendedStatistics: valuesAt(timeMs, extended) }),
      Unit: unit,
    })),
  };
};

const listInput = z.strictObject({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z.array(dimension.partial({ Value: true })).default([]),
  NextToken: z.string().optional(),
  RecentlyActive: z.enum(["PT3H"]).optional(),
});

/** 500 a page, as on AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
export const listMetrics = (raw: unknown, { region, now }: Context): object => {
  const filter = parseInput(listInput, raw);
  const recentMs = filter.RecentlyActive === undefined ? 0 : now.getTime() - 3 * 3600 * 1000;
  const found = region.metrics
    .list()
    .filter(({ samples }) => (samples.at(-1)?.timeMs ?? 0) >= recentMs)
    .map(({ metric }) => metric)
    .filter((metric) => filter.Namespace === undefined || metric.Namespace === filter.Namespace)
    .filter((metric) => filter.MetricName === undefined || metric.MetricName === filter.MetricName)
    .filter((metric) =>
      filter.Dimensions.every(({ Name, Value }) =>
        metric.Dimensions.some((each) => each.Name === Name && (Value === undefined || each.Value === Value)),
      ),
    );
  const { items, next } = page(found, filter.NextToken, 500);
  return { Metrics: items, NextToken: next };
};
