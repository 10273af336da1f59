import { newestMeasurement } from "../../../../lambdas/shared/restore-measurements";
import { MemoryObjects } from "../../../support/memory-objects";
import { SYSTEM } from "../support/chroma-point";
import { measureInto } from "../support/restore-measurement";
import { catalogueIn } from "../support/vaults";

const at = (minute: number): string => `2026-11-24T10:${String(minute).padStart(2, "0")}:00.000Z`;

const prepare = () => {
  const vault = new MemoryObjects("vault");
  const measure = (recoveryId: string, minute: number, records: number, system = SYSTEM): string =>
    measureInto(vault, { recoveryId, system, measuredAt: at(minute), records, recordsPerSecond: 800 });
  const newest = async (records = 1_000_000) => (await newestMeasurement(catalogueIn(vault), SYSTEM, records))?.recoveryId;
  return { vault, measure, newest };
};

describe("the newest measurement of a restore", () => {
  test("is none before a recovery measured one", async () => {
    const { newest } = prepare();

    expect(await newest()).toBeUndefined();
  });

  test("is the newest that speaks for the store, of this system", async () => {
    const { measure, newest } = prepare();
    measure("drill-1", 1, 40_000);
    measure("drill-2", 2, 50_000);
    measure("drill-small", 3, 100);
    measure("drill-other", 4, 50_000, "other");

    expect(await newest()).toBe("drill-2");
    expect(await newest(150)).toBe("drill-small");
  });

  test("is what was written first: neither a later version nor a delete marker changes it", async () => {
    const { vault, measure, newest } = prepare();
    measure("drill-1", 1, 40_000);
    const key = measure("drill-2", 2, 50_000);
    vault.add(key, "{}");
    vault.add(key, undefined);

    expect(await newest()).toBe("drill-2");
  });

  test("is looked for among a bounded number", async () => {
    const { vault, measure, newest } = prepare();
    measure("drill-old", 0, 40_000);
    for (let minute = 1; minute <= 30; minute += 1) measure(`drill-${minute}`, minute, 10);
    vault.calls.length = 0;

    expect(await newest()).toBeUndefined();
    expect(vault.calls.filter((call) => call.startsWith("get")).length).toBe(20);
  });

  test("is none of what cannot be read as one", async () => {
    const { vault, measure, newest } = prepare();
    measure("drill-1", 1, 40_000);
    vault.add("catalogue/measurements/chroma/0000000000000-forged.json", "no json");

    expect(await newest()).toBe("drill-1");
  });
});
