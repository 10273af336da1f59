import { groupBy, newestOf, type RetainedPoint } from "./point";
import type { LongTerm } from "./policy";

const DAY_MS = 86_400_000;

/** 1970-01-01 was a Thursday: four days on is a Monday. */
const MONDAY_MS = 4 * DAY_MS;

/** The period that a time is in, by a name that sorts like time. */
const PERIODS: Readonly<Record<keyof LongTerm, (time: Date) => string>> = {
  hourly: (time) => time.toISOString().slice(0, 13),
  daily: (time) => time.toISOString().slice(0, 10),
  weekly: (time) => new Date(Math.floor((time.getTime() - MONDAY_MS) / (7 * DAY_MS)) * 7 * DAY_MS + MONDAY_MS).toISOString().slice(0, 10),
  monthly: (time) => time.toISOString().slice(0, 7),
};

/** The hour, day, week or month that a time is in, by a name that sorts like time. */
export const periodOf = (name: keyof LongTerm, time: Date): string => PERIODS[name](time);

const WORDS: Readonly<Record<keyof LongTerm, string>> = { hourly: "hour", daily: "day", weekly: "week", monthly: "month" };

/**
 * The newest point of each of the newest periods that have one, with the reason. Periods are counted by the points that there are, not by the clock: a
 * month in which nothing was taken drops nobody, and time alone drops nothing that was kept.
 */
export const keptLongTerm = <Point extends RetainedPoint>(points: readonly Point[], longTerm: LongTerm): ReadonlyMap<Point, string> => {
  const kept = new Map<Point, string>();
  for (const name of Object.keys(PERIODS) as (keyof LongTerm)[]) {
    const byPeriod = groupBy(points, ({ asOf }) => PERIODS[name](new Date(asOf)));
    const newestPeriods = [...byPeriod].sort(([a], [b]) => (a < b ? 1 : -1)).slice(0, longTerm[name]);
    for (const [period, ofPeriod] of newestPeriods) {
      const point = newestOf(ofPeriod);
      if (point !== undefined && !kept.has(point)) kept.set(point, `the newest good point of the ${WORDS[name]} ${period}`);
    }
  }
  return kept;
};
