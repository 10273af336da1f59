import { formatSeconds } from "./duration";
import type { Store } from "./store";

/** A recovery objective: how long a recovery may take and how much may be lost. Seconds. */
export interface Tier {
  readonly rtoSeconds: number;
  readonly rpoSeconds: number;
}

export const DEFAULT_TIERS: Readonly<Record<string, Tier>> = {
  critical: { rtoSeconds: 3600, rpoSeconds: 15 * 60 },
  standard: { rtoSeconds: 4 * 3600, rpoSeconds: 3600 },
  "non-critical": { rtoSeconds: 24 * 3600, rpoSeconds: 24 * 3600 },
};

/** What decides how old the newest usable recovery point can be. Seconds. */
export interface Protection {
  readonly store: Store;
  readonly tier: string;
  /** Longest time between two runs. 0 where protection is continuous. */
  readonly intervalSeconds: number;
  /** Longest duration of one run: content is as old as the run's beginning. */
  readonly durationSeconds: number;
  /** Documented or measured time for what was written to arrive and be proven in the recovery region. */
  readonly lagSeconds: number;
}

/** The oldest that the newest usable recovery point can be: what a region's loss at the worst moment costs. */
export const worstCaseLossSeconds = (protection: Protection): number =>
  protection.intervalSeconds + protection.durationSeconds + protection.lagSeconds;

/** One sentence with the numbers when a protection cannot meet its tier's RPO; undefined when it can. */
export const objectiveFailure = (protection: Protection, tier: Tier): string | undefined => {
  const worst = worstCaseLossSeconds(protection);
  if (worst <= tier.rpoSeconds) return undefined;
  const sum = `interval ${formatSeconds(protection.intervalSeconds)} + duration ${formatSeconds(protection.durationSeconds)} + lag ${formatSeconds(protection.lagSeconds)}`;
  return `${protection.store}: ${sum} = ${formatSeconds(worst)} cannot meet the RPO of tier "${protection.tier}", ${formatSeconds(tier.rpoSeconds)}`;
};
