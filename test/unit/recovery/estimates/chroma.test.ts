import { measuredRate, restorePath } from "../../../../recovery/estimates/chroma";

const HOUR = 3600;

describe("the way to restore Chroma", () => {
  const question = { records: 3_000_000, recordsPerSecond: 832, beforeSeconds: 900 };

  test("is the export while there is time for it", () => {
    const { path, reason } = restorePath(question, { rtoSeconds: 24 * HOUR });

    expect(path).toBe("export");
    expect(reason).toBe("15 min before the first record + 3000000 records at 832 a second = 4506 s, within the RTO of 1 d");
  });

  test("is a snapshot of the volume when there is not", () => {
    expect(restorePath(question, { rtoSeconds: HOUR }).path).toBe("volume");
  });

  test("changes at the RTO itself", () => {
    const exact = { records: 100, recordsPerSecond: 1, beforeSeconds: 0 };

    expect(restorePath(exact, { rtoSeconds: 100 }).path).toBe("export");
    expect(restorePath(exact, { rtoSeconds: 99 }).path).toBe("volume");
  });

  test("is measured by a recovery that was large enough", () => {
    const times = { startedAt: "2026-11-24T10:00:00.000Z", verifiedAt: "2026-11-24T10:01:00.000Z" };

    expect(measuredRate({ records: 60_000, ...times })).toBe(1000);
    expect(measuredRate({ records: 600, ...times })).toBeUndefined();
    expect(measuredRate({ records: 60_000, ...times, verifiedAt: times.startedAt })).toBeUndefined();
  });
});
