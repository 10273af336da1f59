import { LifeboatError } from "./errors";

/**
 * The longest time between two firings of an EventBridge schedule, in seconds.
 *
 * `rate(value unit)` and the cron forms whose longest gap follows from their fields:
 * fixed minute, hours as `*`, a step or a list, every day.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
export const longestIntervalSeconds = (expression: string): number => {
  const seconds = rateSeconds(expression) ?? cronSeconds(expression);
  if (seconds !== undefined) return seconds;
  throw new LifeboatError({
    code: "configuration",
    what: "The longest interval of a schedule could not be told",
    received: `"${expression}"`,
    allowed: "rate(N minutes|hours|days), cron(M * * * ? *), cron(M */N * * ? *), cron(M H[,H...] * * ? *), cron(*/N * * * ? *)",
    hint: "Write the schedule in one of these forms, so that it can be checked against the RPO",
  });
};

const UNIT_SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

// EventBridge refuses rate(1 minutes) and rate(5 minute): the unit agrees with the number.
const rateSeconds = (expression: string): number | undefined => {
  const [, value, unit, plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  if (value === undefined || unit === undefined) return undefined;
  const amount = Number(value);
  if (amount < 1 || (amount === 1) !== (plural === "")) return undefined;
  return amount * (UNIT_SECONDS[unit] ?? Number.NaN);
};

const DAY_MINUTES = 1440;

const cronSeconds = (expression: string): number | undefined => {
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6) return undefined;
  const [minuteField = "", hourField = "", dayOfMonth, month, dayOfWeek, year] = fields;
  const daily = month === "*" && year === "*" && ((dayOfMonth === "*" && dayOfWeek === "?") || (dayOfMonth === "?" && dayOfWeek === "*"));
  const minutes = values(minuteField, 60);
  const hours = values(hourField, 24);
  if (!daily || minutes === undefined || hours === undefined) return undefined;
  const firings = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)).sort((a, b) => a - b);
  const gaps = firings.map((minute, index) => (firings[index + 1] ?? (firings[0] ?? 0) + DAY_MINUTES) - minute);
  return Math.max(...gaps) * 60;
};

/** The values that a minutes or hours field names, ascending; undefined when it is outside its range or of another form. */
const values = (field: string, size: number): number[] | undefined => {
  if (field === "*") return Array.from({ length: size }, (_, index) => index);
  const step = /^(?:\*|(\d+))\/(\d+)$/.exec(field);
  if (step !== null) {
    const first = Number(step[1] ?? 0);
    const by = Number(step[2]);
    if (by < 1 || first >= size) return undefined;
    return Array.from({ length: Math.ceil((size - first) / by) }, (_, index) => first + index * by);
  }
  if (!/^\d+(,\d+)*$/.test(field)) return undefined;
  const named = [...new Set(field.split(",").map(Number))].sort((a, b) => a - b);
  return named.every((value) => value < size) ? named : undefined;
};
