import type { Decision } from "./decide";
import type { AlarmConfiguration, Comparison } from "./model";

export interface JudgedPoint {
  readonly time: Date;
  readonly value: number;
}

const verbs: Readonly<Record<Comparison, readonly [is: string, isNot: string]>> = {
  GreaterThanOrEqualToThreshold: ["greater than or equal to", "not greater than or equal to"],
  GreaterThanThreshold: ["greater than", "not greater than"],
  LessThanThreshold: ["less than", "not less than"],
  LessThanOrEqualToThreshold: ["less than or equal to", "not less than or equal to"],
};

const two = (value: number): string => String(value).padStart(2, "0");
/** Day, month, year, as CloudWatch writes them. */
const stamp = (time: Date): string =>
  `${two(time.getUTCDate())}/${two(time.getUTCMonth() + 1)}/${two(time.getUTCFullYear() % 100)} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** The sentence in `NewStateReason`. `points` are the judged ones, newest first. */
export const reasonOf = (alarm: AlarmConfiguration, decision: Decision, points: readonly JudgedPoint[], matching: number): string => {
  const datapointsToAlarm = alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods;
  const treatment = alarm.TreatMissingData ?? "missing";
  if (decision.state === "INSUFFICIENT_DATA")
    return `Insufficient Data: ${plural(decision.filled, "datapoint")} ${decision.filled === 1 ? "was" : "were"} unknown.`;
  const filledIn = decision.filled > 0 && (treatment === "breaching" || treatment === "notBreaching");
  const missing = filledIn
    ? `${plural(decision.filled, "missing datapoint")} ${decision.filled === 1 ? "was" : "were"} treated as [${treatment === "breaching" ? "Breaching" : "NonBreaching"}]`
    : undefined;
  if (points.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${plural(alarm.EvaluationPeriods, "period")} and ${missing ?? "the state was kept"}.`;
  }
  const [is, isNot] = verbs[alarm.ComparisonOperator];
  const listed = points.map(({ value, time }) => `${decimal(value)} (${stamp(time)})`).join(", ");
  const wanted = decision.state === "ALARM" ? datapointsToAlarm : alarm.EvaluationPeriods - datapointsToAlarm + 1;
  const count = `${matching} out of the last ${points.length} datapoints [${listed}] ${matching === 1 ? "was" : "were"}`;
  const verdict = `${decision.state === "ALARM" ? is : isNot} the threshold (${decimal(alarm.Threshold)})`;
  const needed = `(minimum ${plural(wanted, "datapoint")} for ${decision.state === "ALARM" ? "OK -> ALARM" : "ALARM -> OK"} transition)`;
  return `Threshold Crossed: ${count} ${verdict} ${needed}${missing === undefined ? "" : `; ${missing}`}.`;
};
