import { seriesOfStore } from "../../../../lambdas/shared/series";
import { pointKey } from "../../../../recovery/catalogue/keys";
import { MemoryObjects } from "../../../support/memory-objects";

const vaultWith = (series: Readonly<Record<string, number>>, pageSize = 1000) => {
  const vault = new MemoryObjects("vault", () => new Date(0), pageSize);
  for (const [name, points] of Object.entries(series))
    for (let point = 0; point < points; point += 1)
      vault.add(pointKey(name, new Date(Date.parse("2026-11-24T10:00:00Z") + point * 60_000).toISOString(), `p-${point}`), "{}");
  return vault;
};

describe("the series of a store", () => {
  test.each([1, 2, 1000])("are found in order, in pages of %d", async (pageSize) => {
    const vault = vaultWith(
      { chroma: 3, "configuration/secrets": 5, "configuration/repositories/2048": 2, "configuration/repositories/shop": 4 },
      pageSize,
    );

    expect(await seriesOfStore(vault, "configuration")).toEqual([
      "configuration/repositories/2048",
      "configuration/repositories/shop",
      "configuration/secrets",
    ]);
    expect(await seriesOfStore(vault, "chroma")).toEqual(["chroma"]);
    expect(await seriesOfStore(vault, "postgres")).toEqual([]);
  });

  test("cost a listing each, however many points they have", async () => {
    const vault = vaultWith({ "configuration/a": 300, "configuration/b": 300 });
    let listings = 0;
    const counted = {
      versions: (prefix: string, after?: string) => {
        listings += 1;
        return vault.versions(prefix, after);
      },
    };

    await seriesOfStore(counted, "configuration");

    expect(listings).toBe(3);
  });

  test("are there when delete markers hide all of their entries", async () => {
    const vault = vaultWith({ chroma: 2 });
    for (const key of vault.keysUnder("catalogue/")) vault.add(key, undefined);

    expect(await seriesOfStore(vault, "chroma")).toEqual(["chroma"]);
  });

  test("are not made of keys of another form, which end nothing", async () => {
    const vault = vaultWith({ "configuration/b": 1 });
    for (const key of [
      "catalogue/points/configuration/a/zzz.json",
      "catalogue/points/configuration/A B/x.json",
      "catalogue/points/configuration/c/~",
    ])
      vault.add(key, "{}");

    expect(await seriesOfStore(vault, "configuration")).toEqual(["configuration/a", "configuration/b", "configuration/c"]);
  });
});
