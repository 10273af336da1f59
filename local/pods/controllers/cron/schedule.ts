import { DAY, type Field, HOUR, MINUTE, MONTH, parseField, WEEKDAY } from "./fields";

/** When a CronJob is due, in UTC. */
export interface CronSchedule {
  /** The first due minute after a time; undefined when there is none within five years, as on 30 February. */
  next(after: Date): Date | undefined;
}

const MACROS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
const LOOKED_AHEAD_YEARS = 5;
const MINUTE_MS = 60_000;

/** Five fields or a macro. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax. @throws Error that says what is wrong. */
export const parseCron = (text: string): CronSchedule => {
  const expression = MACROS[text.trim()] ?? text.trim();
  const fields = expression.split(/\s+/);
  const [minute, hour, day, month, weekday, ...more] = fields;
  if (weekday === undefined || more.length > 0)
    throw new Error(`expected exactly 5 fields or one of ${Object.keys(MACROS).join(", ")}, found ${fields.length}: "${text}"`);
  const due: Due = {
    minute: parseField(minute ?? "", MINUTE),
    hour: parseField(hour ?? "", HOUR),
    day: parseField(day ?? "", DAY),
    month: parseField(month ?? "", MONTH),
    weekday: parseField(weekday, WEEKDAY),
  };
  return { next: (after) => nextOf(due, after) };
};

interface Due {
  readonly minute: Field;
  readonly hour: Field;
  readonly day: Field;
  readonly month: Field;
  readonly weekday: Field;
}

/** Walks by the largest unit that does not fit. */
const nextOf = (due: Due, after: Date): Date | undefined => {
  let at = new Date(Math.floor(after.getTime() / MINUTE_MS) * MINUTE_MS + MINUTE_MS);
  const last = after.getUTCFullYear() + LOOKED_AHEAD_YEARS;
  while (at.getUTCFullYear() <= last) {
    const [year, month, day, hour] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), at.getUTCHours()];
    if (!due.month.values.has(month + 1)) at = new Date(Date.UTC(year, month + 1));
    else if (!isDay(due, at)) at = new Date(Date.UTC(year, month, day + 1));
    else if (!due.hour.values.has(hour)) at = new Date(Date.UTC(year, month, day, hour + 1));
    else if (!due.minute.values.has(at.getUTCMinutes())) at = new Date(at.getTime() + MINUTE_MS);
    else return at;
  }
  return undefined;
};

/** With both days given either will do: a rule as old as cron. */
const isDay = ({ day, weekday }: Due, at: Date): boolean => {
  const [byDay, byWeekday] = [day.values.has(at.getUTCDate()), weekday.values.has(at.getUTCDay())];
  return day.any || weekday.any ? byDay && byWeekday : byDay || byWeekday;
};
