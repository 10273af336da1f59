import { evidenceJson, renderReport } from "../../../../ops/drill/report";
import { Evidence, evidenceOf } from "../../../../recovery/evidence/evidence";
import { observations, store } from "../../recovery/evidence/observations";

const lineWith = (text: string, ...words: readonly string[]): string | undefined =>
  text.split("\n").find((line) => words.every((word) => line.includes(word)));

describe("the report of a recovery", () => {
  const report = renderReport(evidenceOf(observations()));

  test("shows each phase's time, and the RTO against its objective", () => {
    for (const [phase, seconds] of [
      ["decide", "60.0 s"],
      ["hydrate", "5.3 s"],
      ["cut over", "5.0 s"],
    ])
      expect(lineWith(report, phase ?? "", seconds ?? "", "█")).toBeDefined();
    expect(lineWith(report, "RTO", "100.0 s", "objective 600.0 s: met")).toBeDefined();
  });

  test("shows each store's loss against its objective", () => {
    expect(lineWith(report, "objects", "4.5 s", "120.0 s", "100", "98", "met")).toBeDefined();
    expect(lineWith(report, "chroma", "4.5 s", "240.0 s", "met")).toBeDefined();
  });

  test("sets the ways to bring the database back beside each other", () => {
    expect(lineWith(report, "promotion", "1.3 s", "3.5 s", "applications were sent to it")).toBeDefined();
    expect(lineWith(report, "restore", "6.8 s", "12.5 s", "restored beside")).toBeDefined();
  });

  test("tells what stood in from what was real", () => {
    expect(lineWith(report, "load balancer", "a local port")).toBeDefined();
    expect(lineWith(report, "Real: Chroma.")).toBeDefined();
  });

  test("keeps estimates apart from measurements, with their sources, and calls the unknown unknown", () => {
    const [measured = "", estimated = ""] = report.split("Measured in this run")[1]?.split("The same steps on AWS") ?? [];
    expect(lineWith(measured, "export", "1.5 s", "time")).toBeDefined();
    expect(lineWith(measured, "replication", "2.0 s", "lag")).toBeDefined();
    expect(lineWith(measured, "900")).toBeUndefined();
    expect(lineWith(estimated, "replication", "900.0 s", "lag")).toBeDefined();
    expect(lineWith(estimated, "pod", "unknown")).toBeDefined();
    expect(estimated).toContain("https://docs.aws.amazon.com/");
  });

  test("ends with the verdict", () => {
    expect(report.trimEnd().endsWith("Verdict: recovered.")).toBe(true);
  });
});

describe("the report of a disaster that leaves the region", () => {
  const phases = observations().phases.map((phase) => (phase.name === "decide" ? { ...phase, note: "RDS decides by itself" } : phase));
  const changes = {
    scenario: "data-center-outage",
    strategy: null,
    alarms: [],
    databaseStrategies: {},
    primaryRegionCallsAfterDisaster: null,
  };
  const report = renderReport(evidenceOf(observations({ ...changes, phases })));

  test("speaks of no strategy and of no lost region", () => {
    expect(report).toMatch(/^Drill: data-center-outage\. Disaster at/);
    expect(report).not.toMatch(/Ways to bring the database back|Proposed when the alarm had come/);
    expect(report).toContain("Alarms received\nNone.");
    expect(report).toContain("No region was lost.\nVerdict: recovered.");
  });

  test("says under its time what a phase was", () => {
    expect(lineWith(report, "│           │", "RDS decides by itself")).toBeDefined();
  });
});

describe("the report of a failure", () => {
  const evidence = evidenceOf(
    observations({
      rtoObjectiveSeconds: 50,
      primaryRegionCallsAfterDisaster: 2,
      stores: { objects: store({ lossSeconds: 300, met: false }), chroma: store() },
      checks: [...observations().checks, { store: "chroma", name: "embeddings", expected: "0", actual: "1: chunks/a", passed: false }],
    }),
  );
  const report = renderReport(evidence);

  test("lists failed checks first", () => {
    const checks = report.split("\nChecks\n")[1]?.split("Alarms received")[0] ?? "";
    expect(checks.indexOf("FAILED")).toBeGreaterThan(0);
    expect(checks.indexOf("FAILED")).toBeLessThan(checks.indexOf("ok"));
    expect(lineWith(checks, "FAILED", "embeddings", "1: chunks/a")).toBeDefined();
  });

  test("marks what was missed, and ends with every reason", () => {
    expect(lineWith(report, "RTO", "MISSED")).toBeDefined();
    expect(lineWith(report, "objects", "300.0 s", "MISSED")).toBeDefined();
    const reasons = report.split("Verdict: failed.")[1] ?? "";
    for (const reason of [/RTO missed/, /objects: RPO missed/, /"embeddings" failed/, /called the lost region 2 times/])
      expect(reasons).toMatch(reason);
  });

  test("a run that was never recovered has a report too", () => {
    const stopped = renderReport(
      evidenceOf(
        observations({
          recoveredAt: null,
          rtoSeconds: null,
          phases: observations().phases.slice(0, 1),
          stores: {},
          checks: [],
          alarms: [],
        }),
      ),
    );
    expect(lineWith(stopped, "provision", "did not end")).toBeDefined();
    expect(lineWith(stopped, "RTO", "not recovered", "MISSED")).toBeDefined();
    expect(stopped).toMatch(/the system was not recovered/);
  });
});

test("the JSON is the evidence and nothing else", () => {
  const evidence = evidenceOf(observations());
  expect(Evidence.parse(JSON.parse(evidenceJson(evidence)))).toEqual(evidence);
});
