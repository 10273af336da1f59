/** Things that are not as an application needs them: all counted, the first ones named. */
export interface Faulty {
  readonly count: number;
  readonly examples: readonly string[];
  /** What could not be looked at, in words. */
  readonly unknown?: string;
}

/** How many of a kind are named. */
export const NAMED_FAULTS = 5;
