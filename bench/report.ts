/** A ratio by the name that scripts know, or a finding that is no ratio; absolute numbers differ from machine to machine. */
export interface Measurement {
  /** What the name stands for; absent where what is judged is no ratio. */
  readonly ratio?: number;
  /** What was found, for people. */
  readonly sentence: string;
  readonly target: string;
  readonly met: boolean;
  /** The same and more, for programs; units in the names. */
  readonly numbers: Readonly<Record<string, number | readonly number[] | string>>;
}

export type Report = Readonly<Record<string, Measurement>>;

/** For scripts: the ratios by name, and everything that was measured beside them. */
export const jsonOf = (report: Report): string => {
  const ratios = Object.entries(report).flatMap(([name, { ratio }]) => (ratio === undefined ? [] : [[name, ratio] as const]));
  return JSON.stringify({ ...Object.fromEntries(ratios), measurements: report }, undefined, 2);
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
};

export const rounded = (value: number): number => Math.round(value * 1000) / 1000;

export const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
};

/** What is compared, once a round and each round in the opposite order, so that what the machine does beside it falls on all. */
export const inTurns = async (rounds: number, measures: readonly (() => Promise<void>)[]): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) for (const measure of round % 2 === 0 ? measures : measures.toReversed()) await measure();
};
