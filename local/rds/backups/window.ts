import type { RestoreWindow } from "../engine";
import { ceilToDate, floorToDate, type Micros } from "./micros";
import { type Ancestor, pathFrom, type Segment, segmentName } from "./segments";

export interface BaseFacts {
  readonly id: string;
  /** The server's clock after its end: earlier times are not consistent. */
  readonly end: Micros;
  /** Where its recovery begins to read. */
  readonly first: Segment;
  /** It is not consistent before all of this one is read. */
  readonly last: Segment;
}

export interface Mark {
  /** All commits up to here can be had from the segments up to `segment`, and are told from later ones. */
  readonly time: Micros;
  readonly segment: Segment;
  /** Nothing was committed since the mark before: there is no later commit to stop at, and nothing after it to leave out. */
  readonly idle: boolean;
}

/** What is there to restore from. Bases by `end`, marks by `time`, both ascending. */
export interface Holdings {
  readonly bases: readonly BaseFacts[];
  readonly marks: readonly Mark[];
  readonly has: (segment: string) => boolean;
  readonly ancestorsOf: (timeline: number) => readonly Ancestor[];
}

/** Times from `from` to `to`, both included, are restored from one base backup. */
export interface Span {
  readonly base: BaseFacts;
  readonly from: Date;
  readonly to: Date;
  /** The first segment that is missing after it. */
  readonly missing?: string;
}

/** The usable times, ascending. A base backup that no mark has followed yet opens no span. */
export const spansOf = (holdings: Holdings): readonly Span[] => {
  const spans: Span[] = [];
  for (const base of holdings.bases.toReversed()) {
    const next = spans[0];
    const span = spanOf(base, holdings, next?.base.end);
    if (span === undefined) continue;
    const joined = next !== undefined && span.to >= next.from ? { ...span, to: next.from, missing: undefined } : span;
    spans.unshift(joined);
  }
  return spans;
};

/** Goes from mark to mark until the next base backup takes over or a segment is missing; each segment is looked for once. */
const spanOf = (base: BaseFacts, { marks, has, ancestorsOf }: Holdings, until: Micros | undefined): Span | undefined => {
  let last: Mark | undefined;
  let missing: string | undefined;
  let next = base.first.number;
  let timeline = base.first.timeline;
  for (const mark of marks) {
    if (mark.time < base.end || mark.segment.number < base.last.number) continue;
    // A primary that is lost right after a base backup may not have sent its end to the standby that takes over; what a mark followed was sent.
    if (mark.segment.timeline !== base.first.timeline && last === undefined) continue;
    const path = pathFrom(base.first, mark.segment, ancestorsOf(mark.segment.timeline));
    if (path === undefined) continue;
    // The segment in which a timeline ended is read from the next one.
    if (mark.segment.timeline !== timeline) next = base.first.number;
    timeline = mark.segment.timeline;
    for (; missing === undefined && next <= mark.segment.number; next += 1) {
      const name = segmentName(path.at(next));
      if (!has(name)) missing = name;
    }
    if (missing !== undefined) break;
    last = mark;
    if (until !== undefined && mark.time >= until) break;
  }
  if (last === undefined) return undefined;
  const from = ceilToDate(base.end);
  const to = floorToDate(last.time);
  return to < from ? undefined : { base, from, to, missing };
};

export const windowOf = (spans: readonly Span[]): RestoreWindow | undefined => {
  const first = spans[0];
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const gaps = spans.flatMap((span, at) => {
    const next = spans[at + 1];
    return next === undefined || span.to >= next.from ? [] : [{ from: span.to, to: next.from, missing: span.missing ?? "a segment" }];
  });
  return { earliest: first.from, latest: last.to, gaps };
};
