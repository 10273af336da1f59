import { estimatesOnAws } from "../../../../recovery/evidence/estimates";
import { EstimatedStep } from "../../../../recovery/evidence/evidence";
import { DEFAULT_TIERS } from "../../../../recovery/objectives";

const QUESTION = {
  chromaRecords: 8320,
  alarm: { periodSeconds: 60, evaluationPeriods: 2 },
  exportIntervalSeconds: 3600,
  watchIntervalSeconds: 300,
};
const estimates = estimatesOnAws(QUESTION);

describe("estimatesOnAws", () => {
  test("every step is valid evidence, and an unknown figure says so", () => {
    for (const step of Object.values(estimates)) {
      expect(EstimatedStep.safeParse(step).error).toBeUndefined();
      if (step.seconds === null || step.lagSeconds === null) expect(step.note).toMatch(/^unknown/);
    }
  });

  test("what AWS documents of replicated automated backups is longer than the critical tier allows", () => {
    expect(estimates["postgres: replication of automated backups"]?.lagSeconds).toBeGreaterThan(DEFAULT_TIERS.critical?.rpoSeconds ?? 0);
    expect(estimates["restore: database to a time, until available"]?.seconds).toBeNull();
    expect(estimates["hydrate: the restored database's volume"]?.seconds).toBeNull();
  });

  test("follow what is configured", () => {
    expect(estimates["chroma: wait for the next export"]?.lagSeconds).toBe(3660);
    expect(estimates["decide: evaluation of the alarm"]?.seconds).toBe(180);
    expect(estimates["restore: import into Chroma"]?.seconds).toBe(10);
  });

  test.each([
    ["warm", 5],
    ["onDemand", 21],
  ] as const)("have the steps of a cluster that is made, %s: %i minutes; none of one that exists", (standby, minutes) => {
    const added = Object.entries(estimatesOnAws({ ...QUESTION, standby })).filter(([name]) => !(name in estimates));

    expect(added.map(([name]) => name).filter((name) => !name.startsWith("provision: cluster, "))).toEqual([]);
    expect(added.reduce((sum, [, { seconds }]) => sum + (seconds ?? 0), 0)).toBe(minutes * 60);
  });
});
