import type { AlarmState, Comparison, MissingDataTreatment } from "./model";

export interface Evaluation {
  /** The evaluation range, oldest first; undefined where there is no data. It is longer than `evaluationPeriods`. */
  readonly range: readonly (number | undefined)[];
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly breaches: (value: number) => boolean;
  readonly treatment: MissingDataTreatment;
  readonly current: AlarmState;
}

export interface Decision {
  readonly state: AlarmState;
  /** The indexes of the range that were judged, newest last. */
  readonly judged: readonly number[];
  /** How many missing points were filled in. */
  readonly filled: number;
}

export const comparisons: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * How many periods are looked at beyond the evaluation periods when data are missing. AWS does not publish the number ("depends on the
 * length of the alarm period and on the resolution"); its documented examples have 5 for 3, which is kept for all lengths.
 */
export const extraPeriods = 2;

/**
 * The state that data call for, as documented at
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html: where enough periods have data, the newest of
 * these are judged and the treatment of missing data does not matter; else every real point counts, and missing ones are filled in.
 */
export const decide = (evaluation: Evaluation): Decision => {
  const { range, evaluationPeriods, datapointsToAlarm, treatment, current } = evaluation;
  const real = range.flatMap((value, index) => (value === undefined ? [] : [index]));
  const breachingOf = (indexes: readonly number[]): number =>
    indexes.filter((index) => {
      const value = range[index];
      return value !== undefined && evaluation.breaches(value);
    }).length;
  if (real.length >= evaluationPeriods) {
    const judged = real.slice(-evaluationPeriods);
    return { state: breachingOf(judged) >= datapointsToAlarm ? "ALARM" : "OK", judged, filled: 0 };
  }
  const filled = evaluationPeriods - real.length;
  const breaching = breachingOf(real);
  const decided = (state: AlarmState): Decision => ({ state, judged: real, filled });
  if (treatment === "breaching") return decided(breaching + filled >= datapointsToAlarm ? "ALARM" : "OK");
  if (breaching >= datapointsToAlarm) return decided("ALARM");
  if (treatment === "notBreaching") return decided("OK");
  if (real.length === 0) return decided(treatment === "ignore" ? current : "INSUFFICIENT_DATA");
  // One point within the threshold is enough to be sure that not all of them breach.
  if (breaching < real.length) return decided("OK");
  return decided(premature(range.length - (real[0] ?? 0), evaluation));
};

/**
 * All data that there are breach, and are fewer than an alarm takes. The documented rule against false alarms: it fires once the oldest of
 * them is at least as old as `datapointsToAlarm` periods. Before that no state is documented, and the current one stays.
 */
const premature = (oldestAge: number, { treatment, datapointsToAlarm, current }: Evaluation): AlarmState =>
  treatment === "missing" && oldestAge >= datapointsToAlarm ? "ALARM" : current;
