import { Evidence, evidenceOf, type Observations, verdictOf } from "../../../../recovery/evidence/evidence";
import { observations, store } from "./observations";
import { at } from "./writes";

const failedCheck = { store: "chroma", name: "digests", expected: "0", actual: "3: a; b; c", passed: false };

describe("the verdict", () => {
  test("a recovery that met every objective is recovered, without a reason against it", () => {
    expect(verdictOf(observations())).toEqual({ verdict: "recovered", reasons: [] });
  });

  test.each<[string, Partial<Observations>, RegExp]>([
    ["the RTO", { rtoObjectiveSeconds: 99 }, /RTO missed: 100 s, objective 99 s/],
    [
      "a store's RPO",
      { stores: { objects: store({ lossSeconds: 121, met: false }), chroma: store() } },
      /objects: RPO missed: 121 s.*120 s/,
    ],
    ["a check", { checks: [...observations().checks, failedCheck] }, /chroma: check "digests" failed: expected 0, actual 3: a; b; c/],
    ["independence of the lost region", { primaryRegionCallsAfterDisaster: 1 }, /called the lost region once/],
    ["the alarm", { decidedAt: null, recoveredAt: null, phases: [], rtoSeconds: null }, /no alarm/],
    ["the recovery", { recoveredAt: null, phases: observations().phases.slice(0, 3), rtoSeconds: null }, /not recovered/],
    ["any measured store", { stores: {} }, /no store/],
    ["any check of a store", { checks: observations().checks.slice(0, 1) }, /chroma: nothing was checked/],
    [
      "any write",
      { stores: { objects: store({ acknowledgedWrites: 0, lostWrites: 0, recovered: 0, lossSeconds: 0 }) } },
      /objects: no write/,
    ],
  ])("missing %s fails, and is named", (_, change, reason) => {
    const { verdict, reasons } = verdictOf(observations(change));
    expect(verdict).toBe("failed");
    expect(reasons).toEqual([expect.stringMatching(reason)]);
  });

  test("a scenario that loses no region and leaves no strategy to choose is judged by the rest", () => {
    const changes = { strategy: null, primaryRegionCallsAfterDisaster: null, alarms: [], databaseStrategies: {} };
    const phases = observations().phases.map((phase) => ({ ...phase, note: "why" }));

    expect(verdictOf(observations(changes))).toEqual({ verdict: "recovered", reasons: [] });
    expect(evidenceOf(observations({ ...changes, phases }))).toMatchObject({ ...changes, phases });
  });

  test("names every reason at once", () => {
    const { reasons } = verdictOf(observations({ rtoObjectiveSeconds: 1, primaryRegionCallsAfterDisaster: 7, checks: [failedCheck] }));
    expect(reasons).toHaveLength(4);
  });
});

describe("evidence.json", () => {
  test("has exactly the fields of its contract", () => {
    expect(Object.keys(evidenceOf(observations())).sort()).toEqual(
      [
        "scenario strategy startedAt disasterAt decidedAt recoveredAt phases rtoSeconds rtoObjectiveSeconds stores checks",
        "proposal databaseStrategies",
        "parts measuredLocal estimatedOnAws alarms primaryRegionCallsAfterDisaster verdict",
      ]
        .join(" ")
        .split(" ")
        .sort(),
    );
  });

  test("survives JSON", () => {
    const evidence = evidenceOf(observations());
    expect(Evidence.parse(JSON.parse(JSON.stringify(evidence)))).toEqual(evidence);
  });

  test("a failed run is valid evidence too", () => {
    const stopped = { recoveredAt: null, rtoSeconds: null, phases: [...observations().phases.slice(0, 2)], stores: {}, checks: [] };
    expect(evidenceOf(observations(stopped)).verdict).toBe("failed");
  });

  test.each<[string, object]>([
    ["a verdict that does not follow", { verdict: "failed" }],
    ["a field that is not in the contract", { mood: "good" }],
    ["an RTO that is not recoveredAt - disasterAt", { rtoSeconds: 90 }],
    ["a decision that is not the end of phase decide", { decidedAt: at(61).toISOString() }],
    ["phases in another order", { phases: observations().phases.toReversed() }],
    ["a missing phase", { phases: observations().phases.slice(0, 5) }],
    ["phases that do not add up", { phases: observations().phases.map((phase) => ({ ...phase, seconds: phase.seconds + 1 })) }],
    ["counts that do not add up", { stores: { ...observations().stores, objects: store({ recovered: 99 }) } }],
    ["loss without a lost write", { stores: { ...observations().stores, objects: store({ lostWrites: 0, recovered: 100 }) } }],
    ["an objective called met that is not", { stores: { ...observations().stores, objects: store({ lossSeconds: 121 }) } }],
    ["a store that Lifeboat does not know", { stores: { ...observations().stores, redis: store() } }],
    ["a step with both a time and a lag", { measuredLocal: { export: { seconds: 1, lagSeconds: 1, note: "" } } }],
    ["an estimate without its source", { estimatedOnAws: { pod: { seconds: null, source: "", note: "unknown" } } }],
    ["a negative time", { phases: observations().phases.map((phase) => ({ ...phase, seconds: -phase.seconds })) }],
  ])("refuses %s", (_, change) => {
    expect(Evidence.safeParse({ ...observations(), verdict: "recovered", ...change }).success).toBe(false);
  });
});
