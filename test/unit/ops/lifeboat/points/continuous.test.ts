import type { AutomatedBackup } from "../../../../../lambdas/shared/automated-backups";
import type { ContinuousSources } from "../../../../../ops/lifeboat/points/continuous";
import { replicatedBackup } from "../../../lambdas/support/automated-backups";
import { SYSTEM } from "../../../lambdas/support/chroma-point";
import { proveInto } from "../../../lambdas/support/vaults";
import { exportAt, prepare, useProject } from "./catalogue";

useProject();

describe("what is copied all the time", () => {
  const sources = (backups: readonly AutomatedBackup[], problem?: string): ContinuousSources => ({
    database: { instance: "acme-postgres", find: async () => backups },
    documents: {
      bucket: "replica",
      newestCanary: async () =>
        problem === undefined
          ? {
              value: {
                ...{ schema: "lifeboat/canary/1", system: SYSTEM, writtenAt: "2026-11-24T11:59:00.000Z", versionId: "v" },
                arrivedAt: new Date("2026-11-24T11:59:10.000Z"),
              },
            }
          : { problem },
    },
  });
  const withPoint = async (continuous: ContinuousSources) => {
    const prepared = prepare(undefined, continuous);
    await proveInto(prepared.vault, prepared.clock.now, exportAt(10));
    return prepared;
  };

  test("is shown with the database's window and the documents' watermark", async () => {
    const { run } = await withPoint(sources([replicatedBackup("2026-11-24T11:30:00.000Z"), replicatedBackup("2026-11-24T11:58:00.000Z")]));

    const [{ code, text }, json] = [await run(), JSON.parse((await run("--json")).text)];

    expect(code).toBe(0);
    expect(text).toContain(
      "postgres, automated backups of acme-postgres: to any second from 2026-11-24T11:28:00Z to 2026-11-24T11:58:00Z, 2 min ago\n",
    );
    expect(text).toContain("objects, replica: all that was written before 2026-11-24T11:59:00Z has arrived, 1 min ago");
    expect(json.continuous).toMatchObject({
      database: { store: "postgres", latest: "2026-11-24T11:58:00.000Z", ageSeconds: 120, replicating: true, problem: null },
      documents: { store: "objects", asOf: "2026-11-24T11:59:00.000Z", arrivedAt: "2026-11-24T11:59:10.000Z", ageSeconds: 60 },
    });
  });

  test("says that backups arrive no more, and counts what they can be restored to all the same", async () => {
    const { run } = await withPoint(sources([replicatedBackup("2026-11-24T11:58:00.000Z", { status: "retained" })]));

    expect(await run()).toMatchObject({ code: 0, text: expect.stringContaining("2 min ago; NO BACKUPS ARE REPLICATED NOW") });
  });

  test.each([
    [
      "no window",
      sources([replicatedBackup("2026-11-24T11:58:00.000Z", { window: undefined })]),
      "NOTHING RESTORABLE: nothing can be restored yet",
    ],
    ["no backups", sources([]), "NOTHING RESTORABLE: no automated backups are in this region"],
    [
      "no canary",
      sources([replicatedBackup("2026-11-24T11:58:00.000Z")], "no canary is in replica"),
      "NOT KNOWN WHAT HAS ARRIVED: no canary is in replica",
    ],
    [
      "no permission",
      { database: { instance: "acme-postgres", find: async () => Promise.reject(new Error("AccessDenied")) } },
      "NOTHING RESTORABLE: that could not be asked: AccessDenied",
    ],
  ])("ends with 1 for %s, and shows the rest", async (_case, continuous, said) => {
    const { run } = await withPoint(continuous);

    const { code, text } = await run();

    expect(code).toBe(1);
    expect(text).toContain(said);
    expect(text).toContain("│ chroma-20261124T100000Z-1a2b");
  });

  test("is asked as far as a store is", async () => {
    const { run } = await withPoint(sources([replicatedBackup("2026-11-24T11:58:00.000Z")]));

    expect(JSON.parse((await run("--json", "--store", "chroma")).text).continuous).toEqual({});
    expect(Object.keys(JSON.parse((await run("--json", "--store", "postgres")).text).continuous)).toEqual(["database"]);
  });
});
