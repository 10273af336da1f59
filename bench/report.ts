import type { Bed } from "./bed";

export interface Measurement {
  /** What was found, for people. */
  readonly sentence: string;
  readonly target: string;
  readonly met: boolean;
  /** The same and more, for programs; units in the names. */
  readonly numbers: Readonly<Record<string, number | readonly number[]>>;
}

export type Report = Readonly<Record<string, Measurement>>;

export type Bench = (bed: Bed) => Promise<Report>;

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
