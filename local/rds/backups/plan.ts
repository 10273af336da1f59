import { RestoreRefused, type RestoreWindow } from "../engine";
import { toMicros } from "./micros";
import { pathFrom, type Segment, segmentName, segmentsFrom } from "./segments";
import { type BaseFacts, type Holdings, type Span, spansOf, windowOf } from "./window";

/** What a restore to a time is made of. */
export interface RestorePlan {
  readonly time: Date;
  readonly base: BaseFacts;
  /** By name, in the order of recovery. */
  readonly segments: readonly string[];
  /** "time": it stops before the first commit that is later. "end": nothing later is in these segments, and all of them is wanted. */
  readonly until: "time" | "end";
}

/** @throws RestoreRefused that says why, with the window and the nearest usable times. */
export const planRestore = (holdings: Holdings, wanted: Date | undefined): RestorePlan => {
  const spans = spansOf(holdings);
  const window = windowOf(spans);
  if (window === undefined) {
    throw new RestoreRefused("no-backup", "There is nothing to restore from yet: the first base backup is not complete", undefined, []);
  }
  const time = wanted ?? window.latest;
  const span = spans.findLast(({ from, to }) => from <= time && time <= to);
  if (span === undefined) throw refusal(holdings, spans, window, time);
  // A span ends at a mark, or where the next one begins: there is one that is not before its times.
  const mark = holdings.marks.find((each) => each.time >= toMicros(time) && reaches(holdings, span.base, each.segment));
  if (mark === undefined) throw refusal(holdings, spans, window, time);
  const segments = segmentsFrom(span.base.first, mark.segment, holdings.ancestorsOf(mark.segment.timeline)) ?? [];
  return { time, base: span.base, segments: segments.map((each) => segmentName(each)), until: mark.idle ? "end" : "time" };
};

/** The base backup is consistent there, and its timeline leads there. */
const reaches = ({ ancestorsOf }: Holdings, { first, last }: BaseFacts, to: Segment): boolean =>
  to.number >= last.number && pathFrom(first, to, ancestorsOf(to.timeline)) !== undefined;

const refusal = (holdings: Holdings, spans: readonly Span[], window: RestoreWindow, time: Date): RestoreRefused => {
  const said = `${time.toISOString()} was asked for`;
  if (time < window.earliest) {
    return new RestoreRefused("before-window", `${said}, and the oldest base backup ended at ${window.earliest.toISOString()}`, window, [
      window.earliest,
    ]);
  }
  const before = spans.findLast(({ to }) => to < time);
  const after = spans.find(({ from }) => from > time);
  const wasArchived = holdings.marks.some((mark) => mark.time >= toMicros(time));
  if (before?.missing === undefined || !(after !== undefined || wasArchived)) {
    return new RestoreRefused("after-window", `${said}, and the newest restorable time is ${window.latest.toISOString()}`, window, [
      window.latest,
    ]);
  }
  const nearest = after === undefined ? [before.to] : [before.to, after.from];
  return new RestoreRefused("gap", `${said}, and the WAL segment ${before.missing} that leads there is missing`, window, nearest);
};

/** The usable times around one that a corrupt piece has taken away: those of the same holdings without it. */
export const withoutPiece = (
  holdings: Holdings,
  time: Date,
  piece: { readonly base?: string; readonly segment?: string },
): readonly Date[] => {
  const spans = spansOf({ ...holdings, has: (name) => name !== piece.segment && holdings.has(name) });
  const bad = spans.findIndex(({ base }) => base.id === piece.base);
  const usable = bad < 0 ? spans : spans.toSpliced(bad, 1);
  const before = usable.findLast(({ from }) => from <= time);
  const after = usable.find(({ from }) => from > time);
  return [...(before === undefined ? [] : [before.to < time ? before.to : time]), ...(after === undefined ? [] : [after.from])];
};
