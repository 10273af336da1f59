import fc from "fast-check";
import { DEFAULT_TIERS, objectiveFailure, type Protection, worstCaseLossSeconds } from "../../../recovery/objectives";

const seconds = fc.integer({ min: 0, max: 100_000 });
const protections = fc.record({
  store: fc.constant("chroma" as const),
  tier: fc.constant("standard"),
  intervalSeconds: seconds,
  durationSeconds: seconds,
  lagSeconds: seconds,
});

describe("objectiveFailure", () => {
  test("there is one exactly when the worst case is older than the RPO", () => {
    fc.assert(
      fc.property(protections, fc.integer({ min: 1, max: 300_000 }), (protection, rpoSeconds) => {
        const failure = objectiveFailure(protection, { rtoSeconds: 1, rpoSeconds });
        expect(failure !== undefined).toBe(worstCaseLossSeconds(protection) > rpoSeconds);
      }),
    );
  });

  test("says every number of the sum", () => {
    const protection: Protection = { store: "chroma", tier: "critical", intervalSeconds: 3600, durationSeconds: 300, lagSeconds: 900 };
    const failure = objectiveFailure(protection, { rtoSeconds: 3600, rpoSeconds: 900 });
    expect(failure).toBe('chroma: interval 1 h + duration 5 min + lag 15 min = 80 min cannot meet the RPO of tier "critical", 15 min');
  });

  test("each default tier asks no less than the one below it", () => {
    const tiers = Object.values(DEFAULT_TIERS);
    for (const [index, tier] of tiers.entries()) {
      expect(tier.rpoSeconds).toBeGreaterThanOrEqual(tiers[index - 1]?.rpoSeconds ?? 0);
      expect(tier.rtoSeconds).toBeGreaterThanOrEqual(tiers[index - 1]?.rtoSeconds ?? 0);
    }
  });
});
