import fc from "fast-check";
import type { RecoveryResult } from "../../../../recovery/catalogue/result";
import { type MeasuredRestore, measuredRate, speaksFor } from "../../../../recovery/estimates/measured-restore";
import { measurementOf } from "../../../../recovery/estimates/measurement";

const measured = (added: number, addedSeconds: number, readBack = added, readBackSeconds = 0): MeasuredRestore => ({
  added: { records: added, bytes: 10 * added, seconds: addedSeconds },
  readBack: { records: readBack, seconds: readBackSeconds },
  serverVersion: "1.0.0",
});

describe("a measured rate", () => {
  test("counts adding and reading back", () => {
    expect(measuredRate(measured(60_000, 50, 60_000, 10))).toBeCloseTo(1000);
  });

  test("of a call that went on from another's work has each at its own pace", () => {
    expect(measuredRate(measured(10_000, 10, 100_000, 100))).toBeCloseTo(500);
  });

  test.each([
    ["nothing was added", measured(0, 0, 60_000, 10)],
    ["nothing was read back", measured(60_000, 10, 0)],
    ["the clock stood still", measured(60_000, 0)],
  ])("is none where %s", (_case, none) => {
    expect(measuredRate(none)).toBeUndefined();
    expect(speaksFor(none, 1)).toBe(false);
  });

  test("speaks for a store when it was of many records, or of half as many as the store has", () => {
    expect(speaksFor(measured(10_000, 10), 50_000_000)).toBe(true);
    expect(speaksFor(measured(9_999, 10), 50_000_000)).toBe(false);
    expect(speaksFor(measured(4_878, 10), 5_000)).toBe(true);
    expect(speaksFor(measured(4_878, 10), 9_757)).toBe(false);
  });
});

describe("a measurement's key", () => {
  const resultAt = (verifiedAt: string): RecoveryResult => ({
    ...{ schema: "lifeboat/recovery-result/1", system: "acme", recoveryId: "drill-1", store: "chroma", pointId: "chroma-1" },
    ...{ startedAt: verifiedAt, importedAt: verifiedAt, verifiedAt, firstQueryAt: verifiedAt },
    ...{ records: 100, measured: measured(100, 1), checks: [], passed: true },
  });

  test("sorts the newer before the older, and is the same for the same result", () => {
    const times = fc.date({ min: new Date("2026-01-01"), max: new Date("2200-01-01"), noInvalidDate: true });

    fc.assert(
      fc.property(times, times, (a, b) => {
        const [keyA = "", keyB = ""] = [a, b].map((time) => measurementOf(resultAt(time.toISOString()))?.key);

        expect(keyA < keyB).toBe(a > b);
      }),
    );
  });

  test("is none for a result that measured nothing, or is of an older release", () => {
    const { measured: _none, ...old } = resultAt("2026-11-24T10:00:00.000Z");

    expect(measurementOf(old)).toBeUndefined();
    expect(measurementOf({ ...old, measured: measured(0, 0) })).toBeUndefined();
  });
});
