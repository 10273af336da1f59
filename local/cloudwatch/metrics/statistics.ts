import { unsupported } from "../errors";

/** One datum, or a set of them that the caller summed up (`StatisticValues`). */
export interface Sample {
  readonly timeMs: number;
  readonly unit: string;
  readonly sum: number;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Values and how often each occurred; absent in a statistic set, from which no percentile can be taken. */
  readonly values?: readonly (readonly [value: number, count: number])[];
}

export type Statistic = (samples: readonly Sample[]) => number | undefined;

const total = (samples: readonly Sample[], of: (sample: Sample) => number): number => samples.reduce((sum, each) => sum + of(each), 0);

const named: Readonly<Record<string, Statistic>> = {
  SampleCount: (samples) => total(samples, (each) => each.count),
  Sum: (samples) => total(samples, (each) => each.sum),
  Average: (samples) => total(samples, (each) => each.sum) / total(samples, (each) => each.count),
  Minimum: (samples) => samples.reduce((least, each) => Math.min(least, each.minimum), Number.POSITIVE_INFINITY),
  Maximum: (samples) => samples.reduce((most, each) => Math.max(most, each.maximum), Number.NEGATIVE_INFINITY),
};

/** The smallest value that at least this share of the values does not exceed. */
const percentile =
  (share: number): Statistic =>
  (samples) => {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html: a set counts only when its values are equal.
    const sets = samples.filter((each) => each.values !== undefined || each.minimum === each.maximum);
    if (sets.length !== samples.length) return undefined;
    const values = sets.flatMap((each) => each.values ?? [[each.minimum, each.count] as const]).sort(([a], [b]) => a - b);
    const rank = share * values.reduce((sum, [, count]) => sum + count, 0);
    let seen = 0;
    for (const [value, count] of values) {
      seen += count;
      if (seen >= rank) return value;
    }
    return values.at(-1)?.[0];
  };

/** A statistic by its name: the five plain ones and percentiles; trimmed means and the like are refused. */
export const statisticOf = (name: string): Statistic => {
  const plain = named[name];
  if (plain !== undefined) return plain;
  const share = /^p(\d{1,2}(\.\d{1,10})?|100)$/.exec(name)?.[1];
  if (share !== undefined) return percentile(Number(share) / 100);
  throw unsupported(`The statistic ${name}`);
};
