import { planRestore } from "../../../../../local/rds/backups/plan";
import { formatLsn, type Segment, segmentName } from "../../../../../local/rds/backups/segments";
import { type Holdings, spansOf, windowOf } from "../../../../../local/rds/backups/window";
import { at, base, mark } from "./holdings";

const SEGMENT_BYTES = 16 * 1024 * 1024;
/** The second timeline began in the middle of segment 5. */
const FORK = { timeline: 1, endLsn: BigInt(5.5 * SEGMENT_BYTES) };
const on = (timeline: number, seconds: number) => ({ ...mark(seconds), segment: { timeline, number: seconds } });
const names = (timeline: number, numbers: readonly number[]): readonly string[] =>
  numbers.map((number) => segmentName({ timeline, number }));

const afterFailover = (options: Partial<Holdings> & { readonly missing?: readonly Segment[] } = {}): Holdings => {
  const missing = new Set((options.missing ?? []).map((each) => segmentName(each)));
  return {
    bases: [base(2, 1)],
    marks: [on(1, 3), on(1, 4), on(2, 6), on(2, 7)],
    has: (name) => !missing.has(name),
    ancestorsOf: (timeline) => (timeline === 2 ? [FORK] : []),
    ...options,
  };
};
const windowFor = (held: Holdings) => windowOf(spansOf(held));

describe("Across a failover", () => {
  test(`which left timeline 1 at ${formatLsn(FORK.endLsn)}, one base backup serves times before and after it`, () => {
    const held = afterFailover();

    expect(windowFor(held)).toEqual({ earliest: at(2), latest: at(7), gaps: [] });
    expect(planRestore(held, at(4)).segments).toEqual(names(1, [1, 2, 3, 4]));
    expect(planRestore(held, at(7)).segments).toEqual([...names(1, [1, 2, 3, 4]), ...names(2, [5, 6, 7])]);
  });

  test("a time between the last mark and the failover is restored by way of the new timeline", () => {
    expect(planRestore(afterFailover(), at(5)).segments.at(-1)).toBe(segmentName({ timeline: 2, number: 6 }));
  });

  test("the segment in which the old timeline ended is needed from the new one", () => {
    const held = afterFailover({ marks: [on(1, 3), on(1, 5), on(2, 6)], missing: [{ timeline: 2, number: 5 }] });

    expect(windowFor(held)).toEqual({ earliest: at(2), latest: at(5), gaps: [] });
  });

  test("a segment that was not archived before the primary died makes a gap until the next base backup", () => {
    const held = afterFailover({
      bases: [base(2, 1), { ...base(7, 7), first: { timeline: 2, number: 7 }, last: { timeline: 2, number: 7 } }],
      marks: [on(1, 3), on(2, 6), on(2, 8)],
      missing: [{ timeline: 1, number: 4 }],
    });

    expect(windowFor(held)?.gaps).toEqual([{ from: at(3), to: at(7), missing: segmentName({ timeline: 1, number: 4 }) }]);
  });

  test("a base backup whose end no mark followed before the primary died is used for no time after that: the standby may not have its end", () => {
    const held = afterFailover({ bases: [base(2, 1), base(4, 4)], marks: [on(1, 3), on(2, 6), on(2, 7)] });

    expect(planRestore(held, at(7)).base.id).toBe("base-2");
  });
});
