import fc from "fast-check";
import { batches, recordBytes } from "../../../../lambdas/chroma/batches";
import { inOrder } from "../../../../lambdas/chroma/in-order";

describe("batches", () => {
  test("keep order and stay within both bounds, but for a record that alone is too large", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 10, max: 90 }), (lengths, rows, bytes) => {
        const records = lengths.map((length) => ({ id: "x".repeat(length), embedding: null, document: null, metadata: null, uri: null }));

        const made = [...batches(records, rows, bytes)];

        expect(made.flat()).toEqual(records);
        for (const batch of made) {
          const size = batch.reduce((sum, record) => sum + recordBytes(record), 0);
          expect(batch.length > 0 && batch.length <= rows && (size <= bytes || batch.length === 1)).toBe(true);
        }
      }),
    );
  });
});

describe("inOrder", () => {
  test("yields in order, with no more under way than allowed", async () => {
    let underWay = 0;
    let most = 0;
    const results: number[] = [];

    for await (const result of inOrder([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turn = 0; turn < 8 - item; turn += 1) await Promise.resolve();
      underWay -= 1;
      return item;
    }))
      results.push(result);

    expect(results).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });

  test("a failure comes in its turn, and what was begun beside it is awaited", async () => {
    const ended: number[] = [];
    const run = async (): Promise<void> => {
      for await (const _ of inOrder([1, 2, 3], 3, async (item) => {
        await Promise.resolve();
        ended.push(item);
        if (item === 1) throw new Error("first");
        return item;
      }));
    };

    await expect(run()).rejects.toThrow("first");

    expect(ended).toEqual([1, 2, 3]);
  });
});
