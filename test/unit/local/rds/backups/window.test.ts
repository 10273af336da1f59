import fc from "fast-check";
import { toMicros } from "../../../../../local/rds/backups/micros";
import { planRestore, withoutPiece } from "../../../../../local/rds/backups/plan";
import { type Holdings, spansOf, windowOf } from "../../../../../local/rds/backups/window";
import { RestoreRefused } from "../../../../../local/rds/engine";
import { at, base, holdings, mark, name } from "./holdings";

const windowFor = (held: Holdings) => windowOf(spansOf(held));
const refusalOf = (held: Holdings, time: Date | undefined): RestoreRefused => {
  try {
    planRestore(held, time);
  } catch (thrown) {
    if (thrown instanceof RestoreRefused) return thrown;
    throw thrown;
  }
  throw new Error("it was not refused");
};
const marksTo = (last: number) => Array.from({ length: last }, (_, index) => mark(index + 1));

describe("A restore window", () => {
  test("does not open before the first base backup, nor before a mark follows it", () => {
    expect(windowFor(holdings({ bases: [], marks: marksTo(3) }))).toBeUndefined();
    expect(windowFor(holdings({ bases: [base(4, 2)], marks: marksTo(3) }))).toBeUndefined();
  });

  test("goes from the end of the oldest base backup to the newest mark", () => {
    const window = windowFor(holdings({ bases: [base(2, 1), base(5, 4)], marks: marksTo(9) }));

    expect(window).toEqual({ earliest: at(2), latest: at(9), gaps: [] });
  });

  test("advances with marks of a time in which nothing was written", () => {
    const held = holdings({ bases: [base(2, 1)], marks: [mark(3), mark(7, 3, true)] });

    expect(windowFor(held)?.latest).toEqual(at(7));
    expect(planRestore(held, at(5))).toMatchObject({ segments: [name(1), name(2), name(3)], until: "end" });
    expect(planRestore(held, at(3))).toMatchObject({ until: "time" });
  });

  test("is split by a missing segment until the next base backup", () => {
    const window = windowFor(holdings({ bases: [base(2, 1), base(7, 6)], marks: marksTo(9), missing: [5] }));

    expect(window).toEqual({ earliest: at(2), latest: at(9), gaps: [{ from: at(4), to: at(7), missing: name(5) }] });
  });

  test("ends before a missing segment that no base backup follows", () => {
    expect(windowFor(holdings({ bases: [base(2, 1)], marks: marksTo(9), missing: [5] }))).toEqual({
      earliest: at(2),
      latest: at(4),
      gaps: [],
    });
  });

  test("needs all of the WAL that was written while the base backup was taken", () => {
    const held = holdings({ bases: [base(4, 2, 4)], marks: [mark(5, 3, true), mark(6, 5)] });

    expect(planRestore(held, at(5)).segments).toEqual([2, 3, 4, 5].map(name));
    expect(windowFor(holdings({ bases: held.bases, marks: [mark(5, 3, true)] }))).toBeUndefined();
  });
});

describe("A restore is refused", () => {
  const split = holdings({ bases: [base(2, 1), base(7, 6)], marks: marksTo(9), missing: [5] });

  test("before the window, with its first time", () => {
    expect(refusalOf(split, at(1))).toMatchObject({ reason: "before-window", nearest: [at(2)], window: { earliest: at(2) } });
  });

  test("after the window, with its last time", () => {
    expect(refusalOf(split, at(10))).toMatchObject({ reason: "after-window", nearest: [at(9)] });
  });

  test("in a gap, with the segment and the times on both sides", () => {
    expect(refusalOf(split, at(6))).toMatchObject({ reason: "gap", nearest: [at(4), at(7)], message: expect.stringContaining(name(5)) });
  });

  test("behind a gap that nothing follows: what was archived there is not the future", () => {
    const held = holdings({ bases: [base(2, 1)], marks: marksTo(9), missing: [5] });

    expect(refusalOf(held, at(8))).toMatchObject({ reason: "gap", nearest: [at(4)], message: expect.stringContaining(name(5)) });
    expect(refusalOf(held, at(20))).toMatchObject({ reason: "after-window", nearest: [at(4)] });
  });

  test("without a base backup", () => {
    expect(refusalOf(holdings({ bases: [], marks: marksTo(3) }), undefined)).toMatchObject({ reason: "no-backup", window: undefined });
  });
});

test("a corrupt piece leaves the times that do not need it", () => {
  const held = holdings({ bases: [base(2, 1), base(7, 6)], marks: marksTo(9) });

  expect(withoutPiece(held, at(5), { segment: name(4) })).toEqual([at(3), at(7)]);
  expect(withoutPiece(held, at(8), { base: "base-7" })).toEqual([at(7)]);
  expect(withoutPiece(held, at(3), { base: "base-2" })).toEqual([at(7)]);
});

/** What a window promises, written down without being clever. */
const isRestorable = ({ bases, marks, has }: Holdings, time: Date): boolean =>
  bases.some(({ end, first, last }) => {
    const next = marks.find((each) => each.time >= toMicros(time) && each.segment.number >= last.number && each.time >= end);
    if (end > toMicros(time) || next === undefined) return false;
    for (let each = first.number; each <= next.segment.number; each += 1) if (!has(name(each))) return false;
    return true;
  });

test("every time is restorable exactly when a base backup and an unbroken run of segments lead there", () => {
  const history = fc.record({
    bases: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 5 }),
    marks: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }),
    missing: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
    time: fc.integer({ min: 0, max: 42 }),
  });
  fc.assert(
    fc.property(history, ({ bases, marks, missing, time }) => {
      const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
      const held = holdings({
        bases: ascending(bases).map((end) => base(end, Math.max(1, end - 1), end)),
        marks: ascending(marks).map((each) => mark(each)),
        missing,
      });
      const window = windowFor(held);
      const inWindow = window !== undefined && window.earliest <= at(time) && at(time) <= window.latest;
      const inGap = window?.gaps.some(({ from, to }) => from < at(time) && at(time) < to) ?? false;

      expect(inWindow && !inGap).toBe(isRestorable(held, at(time)));
      if (inWindow && !inGap) {
        const plan = planRestore(held, at(time));
        expect(plan.segments.every(held.has)).toBe(true);
        expect(plan.base.end <= toMicros(at(time))).toBe(true);
      } else expect(refusalOf(held, at(time)).nearest.every((each) => isRestorable(held, each))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
