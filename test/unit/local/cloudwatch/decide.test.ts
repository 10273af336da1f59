import fc from "fast-check";
import { decide, type Evaluation } from "../../../../local/cloudwatch/alarms/decide";
import type { AlarmState, MissingDataTreatment } from "../../../../local/cloudwatch/alarms/model";

const treatments = ["missing", "ignore", "breaching", "notBreaching"] as const;

/** As the documentation writes ranges: 0 within the threshold, X beyond it, - missing; the newest is on the right. */
const rangeOf = (drawn: string): (number | undefined)[] => drawn.split(" ").map((each) => ({ "0": 0, X: 1, "-": undefined })[each]);

const evaluation = (drawn: string, datapointsToAlarm: number, treatment: MissingDataTreatment, current: AlarmState): Evaluation => ({
  range: rangeOf(drawn),
  evaluationPeriods: 3,
  datapointsToAlarm,
  breaches: (value) => value > 0,
  treatment,
  current,
});

/** The two tables of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, in its columns' order. */
const documented: [drawn: string, datapointsToAlarm: number, filled: number, states: (AlarmState | "retained")[]][] = [
  ["0 - X - X", 3, 0, ["OK", "OK", "OK", "OK"]],
  ["0 - - - -", 3, 2, ["OK", "OK", "OK", "OK"]],
  ["- - - - -", 3, 3, ["INSUFFICIENT_DATA", "retained", "ALARM", "OK"]],
  ["0 X X - X", 3, 0, ["ALARM", "ALARM", "ALARM", "ALARM"]],
  ["- - X - -", 3, 2, ["ALARM", "retained", "ALARM", "OK"]],
  ["0 - X - X", 2, 0, ["ALARM", "ALARM", "ALARM", "ALARM"]],
  ["0 0 X 0 X", 2, 0, ["ALARM", "ALARM", "ALARM", "ALARM"]],
  ["0 - X - -", 2, 1, ["OK", "OK", "ALARM", "OK"]],
  ["- - - - 0", 2, 2, ["OK", "OK", "ALARM", "OK"]],
  ["- - - X -", 2, 2, ["ALARM", "retained", "ALARM", "OK"]],
];

describe("the documented tables of missing data", () => {
  const cases = documented.flatMap(([drawn, datapointsToAlarm, filled, states]) =>
    treatments.flatMap((treatment, column) =>
      (["OK", "ALARM"] as const).map((current) => {
        const state = states[column] ?? "retained";
        return { drawn, datapointsToAlarm, filled, treatment, current, expected: state === "retained" ? current : state };
      }),
    ),
  );

  it.each(cases)("$drawn, $datapointsToAlarm of 3, $treatment, was $current: $expected", (each) => {
    const decision = decide(evaluation(each.drawn, each.datapointsToAlarm, each.treatment, each.current));
    expect(decision.state).toBe(each.expected);
    expect(decision.filled).toBe(each.filled);
  });

  it("waits before it alarms on one point whose followers may be fine", () => {
    expect(decide(evaluation("- - - - X", 3, "missing", "OK")).state).toBe("OK");
    expect(decide(evaluation("- - - X -", 3, "missing", "OK")).state).toBe("OK");
    expect(decide(evaluation("- - X - -", 3, "missing", "OK")).state).toBe("ALARM");
  });
});

/** The rules as prose says them, point by point and without counting tricks. */
const oracle = ({ range, evaluationPeriods, datapointsToAlarm, breaches, treatment, current }: Evaluation): AlarmState => {
  const newestFirst = [...range].reverse();
  const points: { breaching: boolean; age: number }[] = [];
  newestFirst.forEach((value, index) => {
    if (value !== undefined && points.length < evaluationPeriods) points.push({ breaching: breaches(value), age: index + 1 });
  });
  const real = [...points];
  if (treatment === "breaching" || treatment === "notBreaching") {
    while (points.length < evaluationPeriods) points.push({ breaching: treatment === "breaching", age: Number.NaN });
  }
  if (points.filter((each) => each.breaching).length >= datapointsToAlarm) return "ALARM";
  if (points.length === evaluationPeriods || real.some((each) => !each.breaching)) return "OK";
  if (treatment === "ignore") return current;
  if (real.length === 0) return "INSUFFICIENT_DATA";
  return Math.max(...real.map((each) => each.age)) >= datapointsToAlarm ? "ALARM" : current;
};

const evaluations = fc
  .record({ evaluationPeriods: fc.integer({ min: 1, max: 6 }), extra: fc.integer({ min: 0, max: 3 }) })
  .chain(({ evaluationPeriods, extra }) =>
    fc.record({
      range: fc.array(fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }), {
        minLength: evaluationPeriods + extra,
        maxLength: evaluationPeriods + extra,
      }),
      evaluationPeriods: fc.constant(evaluationPeriods),
      datapointsToAlarm: fc.integer({ min: 1, max: evaluationPeriods }),
      breaches: fc.constant((value: number) => value > 0),
      treatment: fc.constantFrom(...treatments),
      current: fc.constantFrom<AlarmState>("OK", "ALARM", "INSUFFICIENT_DATA"),
    }),
  );

describe("any range", () => {
  it("is judged as the rules say", () => {
    fc.assert(
      fc.property(evaluations, (each) => expect(decide(each).state).toBe(oracle(each))),
      { numRuns: 2000 },
    );
  });

  it("does not depend on the treatment of missing data when enough periods have data", () => {
    fc.assert(
      fc.property(evaluations, (each) => {
        fc.pre(each.range.filter((value) => value !== undefined).length >= each.evaluationPeriods);
        const states = treatments.map((treatment) => decide({ ...each, treatment }).state);
        expect(new Set(states).size).toBe(1);
      }),
    );
  });

  it("judges real points only, never more than the evaluation periods, and fills up the rest", () => {
    fc.assert(
      fc.property(evaluations, (each) => {
        const { judged, filled } = decide(each);
        expect(judged.every((index) => each.range[index] !== undefined)).toBe(true);
        expect(judged.length + filled).toBe(each.evaluationPeriods);
      }),
    );
  });
});
