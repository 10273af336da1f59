import fc from "fast-check";
import { RestoreOutlook, type RestoreSettings, restoreOutlook, restorePath } from "../../../../recovery/estimates/chroma";
import type { RestoreMeasurement } from "../../../../recovery/estimates/measurement";
import { restoreText } from "../../../../recovery/estimates/wording";

const HOUR = 3600;

describe("the way to restore Chroma", () => {
  const question = { records: 3_000_000, recordsPerSecond: 832, beforeSeconds: 900 };

  test("is the export while there is time for it", () => {
    const { path, reason } = restorePath(question, { rtoSeconds: 24 * HOUR });

    expect(path).toBe("export");
    expect(reason).toBe("15 min before the first record + 3000000 records at 832 a second = 1 h 15 min, within the RTO of 1 d");
  });

  test("is a snapshot of the volume when there is not", () => {
    expect(restorePath(question, { rtoSeconds: HOUR }).path).toBe("volume");
  });

  test("changes at the RTO itself", () => {
    const exact = { records: 100, recordsPerSecond: 1, beforeSeconds: 0 };

    expect(restorePath(exact, { rtoSeconds: 100 }).path).toBe("export");
    expect(restorePath(exact, { rtoSeconds: 99 }).path).toBe("volume");
  });
});

describe("what a restore would take", () => {
  const SETTINGS: RestoreSettings = {
    ...{ tier: "critical", rtoSeconds: HOUR, alarmSeconds: 600, clusterSeconds: 300 },
    ...{ assumedRecordsPerSecond: 832, volumeSnapshots: "off" as const },
  };
  const POINT = { pointId: "chroma-20261124T100000Z-1a2b", records: 2_000_000 };
  const measuredAs = (added: number, seconds: number, beforeFirstRecordSeconds?: number): RestoreMeasurement => ({
    ...{ schema: "lifeboat/restore-measurement/1", system: "acme", recoveryId: "drill-1a2b", pointId: "chroma-1" },
    measuredAt: "2026-11-20T10:00:00.000Z",
    measured: {
      added: { records: added, bytes: 1, seconds: seconds / 2 },
      readBack: { records: added, seconds: seconds / 2 },
      ...(beforeFirstRecordSeconds === undefined ? {} : { beforeFirstRecordSeconds }),
      serverVersion: "1.0.0",
    },
  });

  test("goes by the configured rate until one was measured, and says so", () => {
    const outlook = restoreOutlook(SETTINGS, POINT, undefined);

    expect(outlook).toMatchObject({ recordsPerSecond: 832, measuredBy: null, beforeSeconds: 900, meetsRto: true });
    expect(restoreText(outlook)).toBe(
      "Restore of chroma-20261124T100000Z-1a2b: about 55 min 4 s from a disaster. 15 min before the first record + 2000000 records at 832 a second = 55 min 4 s, within the RTO of 1 h. Rate assumed: 832 records/s, by chroma.restoreRecordsPerSecond; no recovery has measured it yet.",
    );
  });

  test("goes by the measured one in its place, says by which recovery, and what to do where that is too slow", () => {
    const outlook = restoreOutlook(SETTINGS, POINT, measuredAs(40_000, 80));

    expect(outlook).toMatchObject({
      recordsPerSecond: 500,
      measuredBy: { recoveryId: "drill-1a2b", measuredAt: "2026-11-20T10:00:00.000Z", records: 40_000 },
      meetsRto: false,
    });
    expect(restoreText(outlook)).toContain(`MISSES tier "critical": set chroma.volumeSnapshots, or a tier with more time.`);
    expect(restoreText(outlook)).toContain("Rate measured by recovery drill-1a2b on 2026-11-20, with 40000 records: 500 records/s.");
  });

  test("counts what was measured before the first record where it is longer than the cluster's documented time", () => {
    expect(restoreOutlook(SETTINGS, POINT, measuredAs(40_000, 80, 1200)).beforeSeconds).toBe(1800);
    expect(restoreOutlook(SETTINGS, POINT, measuredAs(40_000, 80, 20)).beforeSeconds).toBe(900);
  });

  test("never shortens as the store grows or the server slows, and is what it is judged by", () => {
    const amounts = fc.integer({ min: 1, max: 10_000_000 });
    const seconds = fc.integer({ min: 1, max: 100_000 });

    fc.assert(
      fc.property(amounts, amounts, seconds, seconds, (records, more, fast, slower) => {
        const [small, large] = [
          { ...POINT, records },
          { ...POINT, records: records + more },
        ];
        const [quick, slow] = [measuredAs(10_000, fast), measuredAs(10_000, fast + slower)];

        const outlook = restoreOutlook(SETTINGS, small, quick);

        expect(RestoreOutlook.parse(outlook)).toEqual(outlook);
        expect(outlook.meetsRto).toBe(outlook.expectedSeconds <= HOUR);
        expect(restoreOutlook(SETTINGS, large, quick).expectedSeconds).toBeGreaterThan(outlook.expectedSeconds);
        expect(restoreOutlook(SETTINGS, small, slow).expectedSeconds).toBeGreaterThan(outlook.expectedSeconds);
      }),
    );
  });
});
