import { Refusal } from "../../../../lambdas/chroma/http";
import { PAGES_IN_FLIGHT, type Page, type RecordSource, readPages, type Wanted } from "../../../../lambdas/chroma-export/pages";
import { embeddingsAnswer } from "../../../support/chroma-data";
import { recordsOf } from "./source";

const wantedOf = (records: number, document = "d", misbehaves: Partial<RecordSource> = {}): Wanted => {
  const held = recordsOf(records, document);
  const source: RecordSource = {
    isGone: async () => false,
    rest: async () => {},
    contents: async (_id, ids) => held.filter(({ id }) => ids.includes(id)),
    embeddings: async (_id, ids) => embeddingsAnswer(held.filter(({ id }) => ids.includes(id))),
    ...misbehaves,
  };
  return { source, collectionId: "c", ids: held.map(({ id }) => id) };
};

const all = async (wanted: readonly Wanted[]): Promise<Page<Wanted>[]> => {
  const pages: Page<Wanted>[] = [];
  for await (const page of readPages(wanted)) pages.push(page);
  return pages;
};

/** Rests that end when so many are taken at once; a moment after the last one they end too, so that what waits for one of them is seen. */
const restsUntil = (expected: number) => {
  const resting: (() => void)[] = [];
  let most = 0;
  return {
    most: () => most,
    rest: () =>
      new Promise<void>((done) => {
        resting.push(done);
        most = Math.max(most, resting.length);
        const wake = () => {
          for (const each of resting.splice(0)) each();
        };
        if (resting.length === expected) wake();
        else setTimeout(wake, 200).unref();
      }),
  };
};

describe("reading pages", () => {
  test("many small collections rest at once, and come in their order", async () => {
    const { rest, most } = restsUntil(PAGES_IN_FLIGHT);
    const wanted = Array.from({ length: 2 * PAGES_IN_FLIGHT }, () => wantedOf(1, "d", { rest }));

    const pages = await all(wanted);

    expect(most()).toBe(PAGES_IN_FLIGHT);
    expect(pages.map(({ of }) => wanted.indexOf(of))).toEqual([...wanted.keys()]);
  });

  test("the second page is as large as the first one's records allow, and does not wait for its rest", async () => {
    const { rest, most } = restsUntil(2);

    const pages = await all([wantedOf(200, "x".repeat(200_000), { rest })]);

    expect(most()).toBe(2);
    expect(pages.slice(0, 3).map(({ records }) => records?.length)).toEqual([100, 41, 41]);
  });

  test("collections of large records do not have their first pages in memory at once", async () => {
    const { rest } = restsUntil(PAGES_IN_FLIGHT);
    const large = Array.from({ length: PAGES_IN_FLIGHT }, () => wantedOf(100, "x".repeat(1_000_000), { rest }));

    const pages = await all([wantedOf(3, "d", { rest }), ...large]);

    const firstOf = (of: Wanted | undefined) => pages.find((page) => page.of === of)?.records?.length;
    expect(large.map(firstOf)).toEqual([100, ...Array(PAGES_IN_FLIGHT - 1).fill(8)]);
    expect(pages.reduce((sum, { records }) => sum + (records?.length ?? 0), 0)).toBe(3 + 100 * PAGES_IN_FLIGHT);
  });

  test("one deleted collection keeps no other one waiting for its weight", async () => {
    const refuse = async () => {
      const call = { method: "POST", path: "/get", repeatable: true } as const;
      throw new Refusal("http://chroma", call, { status: 404, body: Buffer.from("gone") });
    };

    const pages = await all([
      wantedOf(3, "d", { embeddings: refuse, isGone: async () => true }),
      wantedOf(2),
      { ...wantedOf(0) },
      wantedOf(1),
    ]);

    expect(pages.map(({ records }) => records?.length)).toEqual([undefined, 2, 1]);
  });

  test("a first page of which nothing is answered holds up nothing", async () => {
    const { ids } = wantedOf(250);

    const pages = await all([{ ...wantedOf(0), ids }]);

    expect(pages.map(({ records }) => records)).toEqual([[], [], []]);
    expect(pages.flatMap(({ missing }) => missing)).toEqual(ids);
  });

  test("a collection that was deleted is asked for no more, and costs no other one", async () => {
    let asked = 0;
    const refuse = async () => {
      asked += 1;
      const call = { method: "POST", path: "/get", repeatable: true } as const;
      throw new Refusal("http://chroma", call, { status: 404, body: Buffer.from("gone") });
    };
    const [before, deleted, after] = [
      wantedOf(3),
      wantedOf(5000, "d", { embeddings: refuse, isGone: async () => true }),
      wantedOf(2),
    ] as const;

    const pages = await all([before, deleted, after]);

    const read = (of: Wanted) => pages.filter((page) => page.of === of).map(({ records }) => records?.length);
    expect([read(before), read(after)]).toEqual([[3], [2]]);
    expect(new Set(read(deleted))).toEqual(new Set([undefined]));
    expect(asked).toBe(1);
  });

  test("a failure of one page ends the reading, when those that were begun have ended", async () => {
    let resting = 0;
    const rest = async () => {
      resting += 1;
      await new Promise((done) => setTimeout(done, 10));
      resting -= 1;
    };
    const broken = wantedOf(1, "d", { contents: () => Promise.reject(new Error("no answer")) });

    await expect(all([wantedOf(2000, "d", { rest }), broken, wantedOf(1, "d", { rest })])).rejects.toThrow("no answer");

    expect(resting).toBe(0);
  });
});
