import { catalogueOf } from "../../../../lambdas/shared/catalogue";
import type { ListedVersion, ObjectStore } from "../../../../lambdas/shared/objects";
import { CATALOGUE_KEY } from "../../../support/authenticity";
import { MemoryObjects } from "../../../support/memory-objects";

const listOf = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
};

const prepare = () => {
  // Pages of two, so that a key's versions are on several.
  const vault = new MemoryObjects("vault");
  return { vault, catalogue: catalogueOf(vault, CATALOGUE_KEY) };
};

it("lists each key once, in order, those that a delete marker hides too, and none that was never written", async () => {
  const { vault, catalogue } = prepare();
  for (const text of ["1", "2", "3", undefined]) vault.add("catalogue/b", text);
  vault.add("catalogue/a", "1");
  vault.add("catalogue/marker-only", undefined);
  vault.add("elsewhere", "1");

  expect(await listOf(catalogue.keys("catalogue/"))).toEqual(["catalogue/a", "catalogue/b"]);
});

it("gives the versions of each key, oldest first, and reads none before it is asked for", async () => {
  const { vault, catalogue } = prepare();
  for (const text of ["first", undefined, "second", "third"]) vault.add("catalogue/b", text);
  vault.add("catalogue/a", "only");

  const versions = await listOf(catalogue.versions("catalogue/"));
  vault.calls.length = 0;
  for await (const { text } of catalogue.versions("catalogue/b")) if (text === "first") break;

  expect(versions.map(({ key, text }) => `${key} ${text}`)).toEqual([
    "catalogue/a only",
    "catalogue/b first",
    "catalogue/b second",
    "catalogue/b third",
  ]);
  expect(vault.calls).toEqual(["get catalogue/b"]);
});

it("lists no more pages than are asked for, however many keys there are", async () => {
  let pages = 0;
  const endless: Pick<ObjectStore, "versions"> = {
    async *versions() {
      for (let page = 0; ; page += 1) {
        pages += 1;
        yield Array.from({ length: 1000 }, (_, number) => versionOf(`catalogue/${page * 1000 + number}`));
      }
    },
  };
  const catalogue = catalogueOf(Object.assign(new MemoryObjects("vault"), endless), CATALOGUE_KEY);

  const first: string[] = [];
  for await (const key of catalogue.keys("catalogue/")) {
    first.push(key);
    if (first.length === 1_500) break;
  }

  expect(first.at(-1)).toBe("catalogue/1499");
  expect(pages).toBe(2);
});

const versionOf = (key: string): ListedVersion => ({
  ...{ key, versionId: "v1", sizeBytes: 1, lastModified: new Date(0) },
  ...{ isLatest: true, isDeleteMarker: false },
});
