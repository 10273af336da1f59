import { LifeboatError } from "../errors";

/** How a recovery's time is split, in the order in which the phases end. */
export const PHASES = ["decide", "provision", "restore", "hydrate", "verify", "cutOver"] as const;
export type PhaseName = (typeof PHASES)[number];

export interface Phase {
  readonly name: PhaseName;
  readonly seconds: number;
  /** Why it took no time, or what it was in this recovery. */
  readonly note?: string;
}

/**
 * The phases from the time at which each one ended. Each begins where the one before ended, so that together they are the RTO and nothing is
 * counted twice. A recovery that stopped early has the phases that it finished.
 */
export const phasesFrom = (disasterAt: Date, endedAt: Readonly<Partial<Record<PhaseName, Date>>>): readonly Phase[] => {
  const phases: Phase[] = [];
  let since = disasterAt.getTime();
  let stoppedAfter: PhaseName | "the disaster" | undefined;
  for (const name of PHASES) {
    const end = endedAt[name]?.getTime();
    if (end === undefined) {
      stoppedAfter ??= phases.at(-1)?.name ?? "the disaster";
      continue;
    }
    if (stoppedAfter !== undefined) throw disordered(`${name} ended, though nothing ended after ${stoppedAfter}`);
    if (end < since) throw disordered(`${name} ended ${(since - end) / 1000} s before the phase before it`);
    phases.push({ name, seconds: (end - since) / 1000 });
    since = end;
  }
  return phases;
};

export const sumOfPhases = (phases: readonly Phase[]): number => phases.reduce((sum, phase) => sum + phase.seconds, 0);

const disordered = (received: string): LifeboatError =>
  new LifeboatError({
    code: "internal",
    what: "The phases of a recovery are out of order",
    received,
    allowed: `ends in the order ${PHASES.join(", ")}, each at or after the one before`,
    hint: "Note the end of each phase as it happens, and give a phase that took no time the end of the one before",
  });
