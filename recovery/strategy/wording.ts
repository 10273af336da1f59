/** A length of time for a person, in its two largest units: 754 -> "12 min 34 s". Whole seconds, rounded up so that no loss reads as none. */
export const durationText = (seconds: number): string => {
  const whole = Math.ceil(Math.max(0, seconds));
  const amounts = UNITS.map(([size, name], index) => {
    const larger = UNITS[index - 1]?.[0];
    return [Math.floor((larger === undefined ? whole : whole % larger) / size), name] as const;
  });
  const first = amounts.findIndex(([amount]) => amount > 0);
  if (first === -1) return "0 s";
  return amounts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, name]) => `${amount} ${name}`)
    .join(" ");
};

const UNITS: readonly (readonly [number, string])[] = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
];

/** `2026-11-24T21:00:00Z`: RDS restores to whole seconds, and a stack's configuration is read by people. */
export const isoSeconds = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, "Z");
