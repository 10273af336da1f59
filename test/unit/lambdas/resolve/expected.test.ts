import { chooseChroma } from "../../../../lambdas/resolve/chroma";
import type { CatalogueReader } from "../../../../recovery/catalogue/select";
import type { RestoreSettings } from "../../../../recovery/estimates/chroma";
import { MEASUREMENTS_PREFIX } from "../../../../recovery/estimates/measurement";
import { MemoryObjects } from "../../../support/memory-objects";
import { exportedPoint, fiveRecords, SYSTEM } from "../support/chroma-point";
import { clockAt } from "../support/clock";
import { measureInto } from "../support/restore-measurement";
import { catalogueIn, proveInto } from "../support/vaults";

const SETTINGS: RestoreSettings = {
  ...{ tier: "critical", rtoSeconds: 3600, alarmSeconds: 600, clusterSeconds: 300 },
  ...{ assumedRecordsPerSecond: 800, volumeSnapshots: "off" as const },
};

const prepare = async () => {
  const clock = clockAt("2026-11-24T11:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  await proveInto(vault, clock.now, exportedPoint("chroma-20261124T100000Z-1a2b", fiveRecords));
  const choose = async (settings?: RestoreSettings, catalogue: CatalogueReader = catalogueIn(vault)) =>
    (await chooseChroma(catalogue, SYSTEM, undefined, settings)).chosen;
  return { vault, choose };
};

describe("a plan says how long the vectors' restore is expected to take", () => {
  test("at the assumed rate, and at the measured one once there is one", async () => {
    const { vault, choose } = await prepare();

    const assumed = await choose(SETTINGS);
    measureInto(vault, { records: 5, recordsPerSecond: 0.05 });
    const measured = await choose(SETTINGS);

    expect(assumed?.expected).toMatchObject({ recordsPerSecond: 800, measuredBy: null, meetsRto: true });
    expect(measured?.expected).toMatchObject({ expectedSeconds: 1000, measuredBy: { recoveryId: "drill-1a2b" } });
  });

  test("nothing where a release without the settings deployed it", async () => {
    const { choose } = await prepare();

    expect(await choose()).not.toHaveProperty("expected");
  });

  test("nothing where the measurements cannot be read: the point is restored all the same", async () => {
    const { vault, choose } = await prepare();
    const catalogue = catalogueIn(vault);
    const denied: CatalogueReader = {
      ...catalogue,
      keys: (prefix) => {
        if (prefix === MEASUREMENTS_PREFIX) throw new Error("AccessDenied");
        return catalogue.keys(prefix);
      },
    };

    const chosen = await choose(SETTINGS, denied);

    expect(chosen?.pointId).toBe("chroma-20261124T100000Z-1a2b");
    expect(chosen).not.toHaveProperty("expected");
  });
});
