import { toMicros } from "../../../../../local/rds/backups/micros";
import { segmentName } from "../../../../../local/rds/backups/segments";
import type { BaseFacts, Holdings, Mark } from "../../../../../local/rds/backups/window";

/** Segment n is marked n seconds after the epoch. */
export const at = (seconds: number): Date => new Date(seconds * 1000);

export const base = (endSeconds: number, first: number, last = first): BaseFacts => ({
  id: `base-${endSeconds}`,
  end: toMicros(at(endSeconds)),
  first: { timeline: 1, number: first },
  last: { timeline: 1, number: last },
});

export const mark = (seconds: number, segment = seconds, idle = false): Mark => ({
  time: toMicros(at(seconds)),
  segment: { timeline: 1, number: segment },
  idle,
});

export const name = (number: number): string => segmentName({ timeline: 1, number });

export const holdings = (options: {
  readonly bases: readonly BaseFacts[];
  readonly marks: readonly Mark[];
  readonly missing?: readonly number[];
}): Holdings => {
  const missing = new Set((options.missing ?? []).map(name));
  return { bases: options.bases, marks: options.marks, has: (each) => !missing.has(each), ancestorsOf: () => [] };
};
