import type { MetricStore } from "../metrics/store";
import { comparisons, decide, extraPeriods } from "./decide";
import type { Alarm, AlarmState } from "./model";
import { type JudgedPoint, reasonOf } from "./reason";

export interface Verdict {
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData: string;
}

/**
 * Judges an alarm at a moment. Its periods end at the last whole minute, or the last whole period where that is shorter, so that a period
 * is only judged when it is over; a longer one slides by the minute, as on AWS.
 */
export const evaluateAlarm = (alarm: Alarm, store: MetricStore, now: Date): Verdict => {
  const { configuration } = alarm;
  const periodMs = alarm.queries.periodSecondsOf(alarm.queryId) * 1000;
  const stepMs = Math.min(periodMs, 60_000);
  const endMs = Math.floor(now.getTime() / stepMs) * stepMs;
  const count = configuration.EvaluationPeriods + extraPeriods;
  const startMs = endMs - count * periodMs;
  const points = alarm.queries.points(alarm.queryId, { startMs, periodMs, count }, store);
  const range = Array.from({ length: count }, (_, index) => points.get(startMs + index * periodMs));
  const breaches = (value: number): boolean => comparisons[configuration.ComparisonOperator](value, configuration.Threshold);
  const decision = decide({
    range,
    evaluationPeriods: configuration.EvaluationPeriods,
    datapointsToAlarm: configuration.DatapointsToAlarm ?? configuration.EvaluationPeriods,
    breaches,
    treatment: configuration.TreatMissingData ?? "missing",
    current: alarm.state,
  });
  const judged: JudgedPoint[] = decision.judged
    .map((index) => ({ time: new Date(startMs + index * periodMs), value: range[index] ?? Number.NaN }))
    .reverse();
  const matching = judged.filter(({ value }) => breaches(value) === (decision.state === "ALARM")).length;
  return {
    state: decision.state,
    reason: reasonOf(configuration, decision, judged, matching),
    reasonData: JSON.stringify({
      version: "1.0",
      queryDate: awsTime(now),
      ...(judged.length === 0 ? {} : { startDate: awsTime(judged.at(-1)?.time ?? now) }),
      statistic: configuration.Statistic ?? configuration.ExtendedStatistic,
      period: periodMs / 1000,
      recentDatapoints: judged.map(({ value }) => value).reverse(),
      threshold: configuration.Threshold,
      evaluatedDatapoints: judged.map(({ time, value }) => ({ timestamp: awsTime(time), value })),
    }),
  };
};

/** The form of times in alarm messages: 2017-01-12T16:30:42.236+0000. */
export const awsTime = (time: Date): string => time.toISOString().replace("Z", "+0000");
