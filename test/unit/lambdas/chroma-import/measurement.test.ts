import { keepMeasurement } from "../../../../lambdas/chroma-import/measurement";
import type { RecoveryResult } from "../../../../recovery/catalogue/result";
import { MEASUREMENTS_PREFIX } from "../../../../recovery/estimates/measurement";
import { MemoryObjects } from "../../../support/memory-objects";
import { memoryLog } from "../support/log";

const at = "2026-11-24T10:00:00.000Z";
const RESULT: RecoveryResult = {
  ...{ schema: "lifeboat/recovery-result/1", system: "acme", recoveryId: "drill-1", store: "chroma", pointId: "chroma-1" },
  ...{ startedAt: at, importedAt: at, verifiedAt: at, firstQueryAt: at, records: 100, checks: [], passed: true },
  measured: { added: { records: 100, bytes: 1000, seconds: 1 }, readBack: { records: 100, seconds: 1 }, serverVersion: "1.0.0" },
};

describe("keeping a measurement", () => {
  test("writes one object for a recovery, however often it is called", async () => {
    const vault = new MemoryObjects("vault");

    for (let call = 0; call < 2; call += 1) await keepMeasurement(vault, RESULT, memoryLog().log);

    const [key, ...more] = vault.keysUnder(MEASUREMENTS_PREFIX);
    expect(more).toEqual([]);
    expect(vault.versionsOf(key ?? "")).toHaveLength(1);
    expect(JSON.parse(vault.text(key ?? "") ?? "")).toMatchObject({ recoveryId: "drill-1", pointId: "chroma-1", measuredAt: at });
  });

  test("does not fail a recovery whose measurement cannot be written, and says so", async () => {
    const vault = new MemoryObjects("vault");
    vault.put = () => Promise.reject(new Error("AccessDenied"));
    const { log, lines } = memoryLog();

    await keepMeasurement(vault, RESULT, log);

    expect(lines).toEqual([expect.objectContaining({ level: "warn", fields: expect.objectContaining({ reason: "AccessDenied" }) })]);
  });
});
