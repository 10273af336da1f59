import { invalidCombination, invalidValue } from "../api/errors";

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const minutesOfDay = 24 * 60;
const minutesOfWeek = 7 * minutesOfDay;

/** RDS takes one at random from a block of eight hours in the region's night. */
export const defaultBackupWindow = "03:00-03:30";
export const defaultMaintenanceWindow = "sun:05:00-sun:05:30";

const time = "([01]\\d|2[0-3]):([0-5]\\d)";
const daily = new RegExp(`^${time}-${time}$`);
const weekly = new RegExp(`^(${days.join("|")}):${time}-(${days.join("|")}):${time}$`);

interface Span {
  readonly start: number;
  readonly length: number;
}

/** @throws RdsError for a window that is not written as RDS wants it, is shorter than half an hour, or meets the other one. */
export const checkWindows = (backup: string, maintenance: string): void => {
  const each = backupSpan(backup);
  const weeklySpan = maintenanceSpan(maintenance);
  const meets = days.some((_, day) => overlap({ ...each, start: each.start + day * minutesOfDay }, weeklySpan));
  if (meets) throw invalidCombination("The backup window and maintenance window must not overlap.");
};

const minutes = (hours: string | undefined, rest: string | undefined): number => Number(hours) * 60 + Number(rest);

const backupSpan = (window: string): Span => {
  const [found, ...at] = daily.exec(window) ?? [];
  if (found === undefined)
    throw invalidValue(`Invalid backup window format: ${window}. Should be specified as a range hh24:mi-hh24:mi (24H Clock UTC).`);
  return span("backup", minutes(at[0], at[1]), minutes(at[2], at[3]), minutesOfDay);
};

const maintenanceSpan = (window: string): Span => {
  const [found, ...at] = weekly.exec(window) ?? [];
  if (found === undefined) {
    throw invalidValue(
      `Invalid maintenance window format: ${window}. Should be specified as a range ddd:hh24:mi-ddd:hh24:mi (24H Clock UTC).`,
    );
  }
  const minuteOfWeek = (day: string | undefined, hours?: string, rest?: string): number =>
    days.indexOf(day ?? "") * minutesOfDay + minutes(hours, rest);
  return span("maintenance", minuteOfWeek(at[0], at[1], at[2]), minuteOfWeek(at[3], at[4], at[5]), minutesOfWeek);
};

const span = (what: string, start: number, end: number, round: number): Span => {
  const length = (end - start + round) % round;
  if (length < 30) throw invalidValue(`The ${what} window must be at least 30 minutes.`);
  return { start, length };
};

const overlap = (a: Span, b: Span): boolean => {
  const apart = (from: Span, to: Span): boolean => (to.start - from.start + minutesOfWeek) % minutesOfWeek >= from.length;
  return !(apart(a, b) && apart(b, a));
};
