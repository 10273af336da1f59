import { LifeboatError } from "./errors";

const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const DURATION = /^(\d+)\s*([smhd])$/;

/** Seconds in a duration such as "90s", "15m", "24h" or "30d"; a configuration error otherwise. */
export const parseDurationSeconds = (text: string): number => {
  const [, amount, unit] = DURATION.exec(text.trim()) ?? [];
  const seconds = Number(amount) * (SECONDS_OF[unit ?? ""] ?? Number.NaN);
  if (Number.isSafeInteger(seconds) && seconds > 0) return seconds;
  throw new LifeboatError({
    code: "configuration",
    what: "A duration could not be read",
    received: `"${text}"`,
    allowed: "a whole number above 0 and a unit: s, m, h or d, as in 90s, 15m, 24h",
    hint: "Write the duration with its unit",
  });
};

/** Whole seconds in the largest unit that divides them: 90 -> "90 s", 900 -> "15 min", 3600 -> "1 h". Fractions are rounded to a tenth. */
export const formatSeconds = (seconds: number): string => {
  if (seconds >= 86_400 && seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds >= 60 && seconds % 60 === 0) return `${seconds / 60} min`;
  return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
};
