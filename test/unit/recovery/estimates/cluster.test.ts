import fc from "fast-check";
import { clusterEstimates, clusterFailure, clusterSeconds, clusterSteps } from "../../../../recovery/estimates/cluster";
import { EstimatedStep } from "../../../../recovery/evidence/evidence";
import { DEFAULT_TIERS } from "../../../../recovery/objectives";

const STANDBYS = ["warm", "onDemand"] as const;

describe("what a cluster adds", () => {
  test("on demand adds what warm does, and the making", () => {
    const [warm, onDemand] = STANDBYS.map((standby) => clusterSteps(standby));

    expect(onDemand?.slice(-1)).toEqual(warm);
    expect(clusterSeconds("onDemand")).toBe(21 * 60);
    expect(clusterSeconds("warm")).toBe(5 * 60);
  });

  test.each(STANDBYS)("%s: each figure has a page of AWS's behind it, or is called an assumption", (standby) => {
    for (const { source } of clusterSteps(standby)) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/|^an assumption/);
  });

  test.each(STANDBYS)("%s: its steps are lines of a drill's evidence", (standby) => {
    const lines = Object.entries(clusterEstimates(standby));

    expect(lines.map(([name]) => name)).toEqual(clusterSteps(standby).map(({ name }) => `provision: cluster, ${name}`));
    for (const [, line] of lines) expect(EstimatedStep.parse(line)).toEqual(line);
  });
});

describe("clusterFailure", () => {
  test("there is one exactly when no time is left within the RTO", () => {
    const seconds = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(fc.constantFrom(...STANDBYS), seconds, seconds, (standby, alarmSeconds, rtoSeconds) => {
        const failure = clusterFailure({ store: "chroma", tier: "gold", standby, alarmSeconds }, { rtoSeconds, rpoSeconds: 1 });

        expect(failure !== undefined).toBe(alarmSeconds + clusterSeconds(standby) >= rtoSeconds);
      }),
    );
  });

  test("says every number of the sum, and what a warm cluster would take", () => {
    const failure = clusterFailure(
      { store: "postgres", tier: "gold", standby: "onDemand", alarmSeconds: 600 },
      { rtoSeconds: 1800, rpoSeconds: 900 },
    );

    expect(failure).toBe(
      'postgres: alarm 10 min + control plane 15 min + access entries, node class and node pool 1 min + first node 5 min = 31 min before anything is restored cannot meet the RTO of tier "gold", 30 min; a warm cluster adds 5 min after the alarm',
    );
  });

  test("a cluster on demand fits into every default tier when the alarm comes in 10 minutes", () => {
    for (const [name, tier] of Object.entries(DEFAULT_TIERS))
      expect(clusterFailure({ store: "postgres", tier: name, standby: "onDemand", alarmSeconds: 600 }, tier)).toBeUndefined();
  });
});
