import type { Dimension } from "../shapes";
import type { Sample, Statistic } from "./statistics";

export interface MetricId {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly Dimension[];
}

export interface Series {
  readonly metric: MetricId;
  /** In order of time. */
  readonly samples: Sample[];
}

/** Slices of time: each is [start, start + period). */
export interface Slices {
  readonly startMs: number;
  readonly periodMs: number;
  readonly count: number;
}

/** The values of the slices that have any, by their start. */
export type Points = ReadonlyMap<number, number>;

/** Minute data stays this long on AWS: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention */
const retentionMs = 15 * 24 * 3600 * 1000;

/** A metric is its namespace, name and exact set of dimensions: another set is another metric. */
const keyOf = ({ Namespace, MetricName, Dimensions }: MetricId): string =>
  JSON.stringify([Namespace, MetricName, ...Dimensions.map(({ Name, Value }) => [Name, Value]).sort()]);

export interface MetricStore {
  add(metric: MetricId, sample: Sample, highResolution: boolean): void;
  points(metric: MetricId, slices: Slices, statistic: Statistic, unit: string | undefined): Points;
  /** The unit of the newest sample. */
  unitOf(metric: MetricId): string | undefined;
  list(): readonly Series[];
}

export const createMetricStore = (): MetricStore => {
  const series = new Map<string, Series>();
  return {
    add: (metric, sample, highResolution) => {
      const key = keyOf(metric);
      const found = series.get(key) ?? { metric, samples: [] };
      series.set(key, found);
      // Standard resolution means one-minute granularity: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
      const resolutionMs = highResolution ? 1000 : 60_000;
      const timeMs = Math.floor(sample.timeMs / resolutionMs) * resolutionMs;
      found.samples.splice(firstAfter(found.samples, timeMs), 0, { ...sample, timeMs });
      const newest = found.samples.at(-1)?.timeMs ?? timeMs;
      if ((found.samples[0]?.timeMs ?? timeMs) < newest - retentionMs) {
        found.samples.splice(0, firstAfter(found.samples, newest - retentionMs));
      }
    },
    points: (metric, { startMs, periodMs, count }, statistic, unit) => {
      const samples = series.get(keyOf(metric))?.samples ?? [];
      const from = firstAfter(samples, startMs - 1);
      const to = firstAfter(samples, startMs + count * periodMs - 1);
      const slices = new Map<number, Sample[]>();
      for (const sample of samples.slice(from, to)) {
        if (unit !== undefined && sample.unit !== unit) continue;
        const sliceMs = startMs + Math.floor((sample.timeMs - startMs) / periodMs) * periodMs;
        const inSlice = slices.get(sliceMs);
        if (inSlice === undefined) slices.set(sliceMs, [sample]);
        else inSlice.push(sample);
      }
      const points = new Map<number, number>();
      for (const [sliceMs, inSlice] of slices) {
        const value = statistic(inSlice);
        if (value !== undefined && Number.isFinite(value)) points.set(sliceMs, value);
      }
      return points;
    },
    unitOf: (metric) => series.get(keyOf(metric))?.samples.at(-1)?.unit,
    list: () => [...series.values()],
  };
};

/** The index of the first sample that is later, by halving. */
const firstAfter = (samples: readonly Sample[], timeMs: number): number => {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((samples[middle]?.timeMs ?? 0) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
};
