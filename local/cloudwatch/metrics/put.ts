import { z } from "zod";
import { validationError } from "../errors";
import type { Context } from "../region";
import { dimensions, integer, number, parseInput, time } from "../shapes";
import type { Sample } from "./statistics";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const datum = z.strictObject({
  MetricName: z.string().min(1).max(255),
  Dimensions: dimensions.default([]),
  Timestamp: time.optional(),
  Value: number.optional(),
  StatisticValues: z.strictObject({ SampleCount: number, Sum: number, Minimum: number, Maximum: number }).optional(),
  Values: z.array(number).max(150).optional(),
  Counts: z.array(number).max(150).optional(),
  Unit: z.string().default("None"),
  StorageResolution: integer.default(60),
});

const input = z.strictObject({
  Namespace: z.string().min(1).max(255),
  MetricData: z.array(datum).max(1000),
  StrictEntityValidation: z.boolean().optional(),
});

type Datum = z.infer<typeof datum>;

/** A datum may be two weeks old and two hours ahead: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const oldestMs = 14 * 24 * 3600 * 1000;
const aheadMs = 2 * 3600 * 1000;

const sampleOf = (each: Datum, now: Date): Sample => {
  const timeMs = (each.Timestamp ?? now).getTime();
  if (timeMs < now.getTime() - oldestMs || timeMs > now.getTime() + aheadMs) {
    throw validationError(`The timestamp of ${each.MetricName} must be at most two weeks old and two hours ahead`);
  }
  const at = { timeMs, unit: each.Unit };
  if (each.StatisticValues !== undefined) {
    const { SampleCount, Sum, Minimum, Maximum } = each.StatisticValues;
    return { ...at, sum: Sum, count: SampleCount, minimum: Minimum, maximum: Maximum };
  }
  const values = each.Values ?? (each.Value === undefined ? [] : [each.Value]);
  if (values.length === 0) throw validationError(`${each.MetricName} needs Value, Values or StatisticValues`);
  if (values.some((value) => !Number.isFinite(value))) throw validationError(`A value of ${each.MetricName} is not a finite number`);
  if (each.Counts !== undefined && each.Counts.length !== values.length) throw validationError("Values and Counts must be equally many");
  const counted = values.map((value, index) => [value, each.Counts?.[index] ?? 1] as const);
  return {
    ...at,
    sum: counted.reduce((sum, [value, count]) => sum + value * count, 0),
    count: counted.reduce((sum, [, count]) => sum + count, 0),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    values: counted,
  };
};

export const putMetricData = (raw: unknown, { region, now }: Context): object => {
  const { Namespace, MetricData } = parseInput(input, raw);
  // All are checked before the first is stored.
  const samples = MetricData.map((each) => {
    if (each.StorageResolution !== 1 && each.StorageResolution !== 60) throw validationError("StorageResolution must be 1 or 60");
    return { each, sample: sampleOf(each, now) };
  });
  for (const { each, sample } of samples) {
    const metric = { Namespace, MetricName: each.MetricName, Dimensions: each.Dimensions };
    region.metrics.add(metric, sample, each.StorageResolution === 1);
  }
  return {};
};
