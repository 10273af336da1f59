import { pointSigns } from "../../../../../lambdas/shared/signs/points";
import { provePoint } from "../../../../../lambdas/verify/proof";
import { pointKey } from "../../../../../recovery/catalogue/keys";
import { MemoryObjects } from "../../../../support/memory-objects";
import { exportedPoint, fiveRecords, recordOf, SYSTEM } from "../../support/chroma-point";
import { clockAt } from "../../support/clock";
import { catalogueIn, proofTools, proveInto, sealInto } from "../../support/vaults";

const SETTINGS = { system: SYSTEM, recordFall: 0.5 };

const prepare = () => {
  const clock = clockAt("2026-11-24T22:00:00.000Z");
  const vault = new MemoryObjects("vault", clock.now);
  const point = (hour: number, records: number) => {
    const time = `2026-11-24T${String(hour).padStart(2, "0")}`;
    const content = records === 5 ? fiveRecords : Array.from({ length: records }, (_, index) => recordOf(`r${index}`));
    return exportedPoint(`chroma-20261124T${String(hour).padStart(2, "0")}0000Z-0001`, content, {
      startedAt: `${time}:00:00.000Z`,
      finishedAt: `${time}:00:20.000Z`,
    });
  };
  return {
    vault,
    signs: (changes: { readonly maxPoints?: number; readonly recordFall?: number } = {}) =>
      pointSigns(catalogueIn(vault), { ...SETTINGS, ...changes }),
    prove: (hour: number, records = 5) => proveInto(vault, clock.now, point(hour, records)),
    seal: (hour: number, records = 5) => sealInto(vault, clock.now, point(hour, records)),
    readBack: (entryKey: string) => provePoint(proofTools(vault, clock.now), SYSTEM, entryKey),
  };
};

test("points of a steady count, and one that nobody has read back yet, are no sign", async () => {
  const { signs, prove, seal } = prepare();
  await prove(8);
  await prove(9, 4);
  await seal(10, 1);

  await expect(signs()).resolves.toEqual([]);
});

test("a fall by the threshold, from one usable point to the next, is a sign since the older one", async () => {
  const { signs, prove } = prepare();
  await prove(8, 10);
  await prove(9, 5);
  await prove(10, 4);

  await expect(signs()).resolves.toMatchObject([
    {
      kind: "record-fall",
      store: "chroma",
      since: new Date("2026-11-24T08:00:00.000Z"),
      evidence: "the vectors fell by 50 %, from 10 records in chroma-20261124T080000Z-0001 to 5 in chroma-20261124T090000Z-0001",
    },
  ]);
  await expect(signs({ recordFall: 0.6 })).resolves.toEqual([]);
  await expect(signs({ recordFall: 0.2 })).resolves.toHaveLength(2);
});

test("no more entries are read than is said", async () => {
  const { signs, prove } = prepare();
  await prove(8, 10);
  await prove(9, 1);
  await prove(10, 1);

  await expect(signs({ maxPoints: 2 })).resolves.toEqual([]);
});

test("a point that did not read back, and an entry that is none, are signs", async () => {
  const { vault, signs, seal, prove, readBack } = prepare();
  await prove(8);
  const entryKey = await seal(9);
  for (const key of vault.keysUnder("chroma/chroma-20261124T090000Z")) vault.corrupt(key, (bytes) => bytes.map((byte) => byte ^ 1));
  await readBack(entryKey);
  vault.add(pointKey("chroma", "2026-11-24T11:00:00.000Z", "x"), "not JSON");

  await expect(signs()).resolves.toMatchObject([
    {
      kind: "refused-points",
      store: "chroma",
      evidence: expect.stringMatching(/-x\.json is refused: the entry cannot be used: it is no JSON/),
    },
    {
      kind: "refused-points",
      store: "chroma",
      since: new Date("2026-11-24T09:00:00.000Z"),
      evidence: expect.stringMatching(/chroma-20261124T090000Z-0001 is refused: it did not read back/),
    },
  ]);
});
