import fc from "fast-check";
import { byKey, type Entry } from "../../../../recovery/objects/entries";
import { mergeListings, type Side } from "../../../../recovery/objects/merge";

const entry = (key: string, sizeBytes = 1): Entry => ({ key, sizeBytes, lastModified: new Date(0) });

/** Pages of a bucket, in S3's order. */
async function* pagesOf(keys: readonly string[], pageSize: number): AsyncIterable<readonly Entry[]> {
  const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (let start = 0; start < sorted.length; start += pageSize) yield sorted.slice(start, start + pageSize).map((key) => entry(key));
}

const all = async (batches: AsyncIterable<readonly Side[]>): Promise<Side[]> => {
  const found: Side[] = [];
  for await (const sides of batches) found.push(...sides);
  return found;
};

// On both sides of the surrogates: UTF-8 and UTF-16 order them differently.
const keys = fc.uniqueArray(fc.string({ unit: fc.constantFrom("a", "b", "/", "", "\u{1F600}", "ä"), minLength: 1, maxLength: 4 }));

describe("listings side by side", () => {
  it("meet under every key that any of them has, in S3's order, whatever their pages", async () => {
    await fc.assert(
      fc.asyncProperty(keys, keys, keys, fc.integer({ min: 1, max: 4 }), async (source, replica, locked, pageSize) => {
        const sides = await all(
          mergeListings({
            source: pagesOf(source, pageSize),
            replica: pagesOf(replica, pageSize + 1),
            locked: pagesOf(locked, pageSize + 2),
          }),
        );

        const expected = [...new Set([...source, ...replica, ...locked])].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(sides.map(({ key }) => key)).toEqual(expected);
        for (const side of sides) {
          expect(side.source?.key === side.key).toBe(source.includes(side.key));
          expect(side.replica?.key === side.key).toBe(replica.includes(side.key));
          expect(side.locked?.key === side.key).toBe(locked.includes(side.key));
        }
      }),
    );
  });

  it("are ordered as their UTF-8 bytes are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
        expect(Math.sign(byKey(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
    );
  });

  it("take a page that comes twice once", async () => {
    async function* repeated(): AsyncIterable<readonly Entry[]> {
      yield [entry("a"), entry("b")];
      yield [entry("a"), entry("b")];
      yield [entry("c")];
    }

    const sides = await all(mergeListings({ source: repeated(), replica: pagesOf(["a", "b", "c"], 2), locked: pagesOf([], 1) }));

    expect(sides.map(({ key }) => key)).toEqual(["a", "b", "c"]);
  });

  it("refuse a listing that is in no order: what lies behind would be taken for missing", async () => {
    async function* unordered(): AsyncIterable<readonly Entry[]> {
      yield [entry("b"), entry("c")];
      yield [entry("a")];
    }

    await expect(all(mergeListings({ source: unordered(), replica: pagesOf([], 1), locked: pagesOf([], 1) }))).rejects.toThrow(
      /not in the order of its keys.*"a" after "c"/,
    );
  });

  it("fail with a listing that fails, and end the others", async () => {
    let ended = false;
    async function* failing(): AsyncIterable<readonly Entry[]> {
      yield [entry("a")];
      throw new Error("SlowDown");
    }
    async function* endless(): AsyncIterable<readonly Entry[]> {
      try {
        for (let page = 0; ; page += 1) yield [entry(`k${String(page).padStart(9, "0")}`)];
      } finally {
        ended = true;
      }
    }

    await expect(all(mergeListings({ source: failing(), replica: endless(), locked: endless() }))).rejects.toThrow("SlowDown");
    expect(ended).toBe(true);
  });
});
