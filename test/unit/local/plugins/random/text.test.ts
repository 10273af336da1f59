import fc from "fast-check";
import { draw, shuffled } from "../../../../../local/plugins/random/draw";
import { randomText } from "../../../../../local/plugins/random/text";

/** Bytes that follow from a seed. */
const seeded = (seed: number) => {
  let state = seed;
  return (sizeBytes: number): Uint8Array =>
    Uint8Array.from({ length: sizeBytes }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
};

test("a draw is below its limit, and draws what would be unfair again", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65_536 }), fc.integer({ min: 0 }), (limit, seed) => {
      expect(draw(seeded(seed), limit)).toBeLessThan(limit);
    }),
  );
  const bytes = [255, 255, 0, 3];
  // 65,535 is beyond the last whole multiple of 10 in 65,536.
  expect(draw((size) => Uint8Array.from(bytes.splice(0, size)), 10)).toBe(3);
});

test("shuffling keeps every item", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 0 }), (items, seed) => {
      expect(shuffled(seeded(seed), items).toSorted()).toEqual(items.toSorted());
    }),
  );
});

test("a text has its length and at least the demanded characters of each kind, and no others", async () => {
  const minimum = fc.integer({ min: 0, max: 5 });
  const given = fc.record({
    length: fc.integer({ min: 20, max: 40 }),
    minLower: minimum,
    minUpper: minimum,
    minNumeric: minimum,
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(given, async ({ seed, ...minimums }) => {
      const handler = randomText("random:index/randomString:RandomString", { secret: false }, seeded(seed));
      const inputs = { lower: true, upper: true, numeric: true, special: true, overrideSpecial: "-", ...minimums };
      const { outputs } = await handler.create(undefined, inputs, new AbortController().signal);
      const result = String(outputs.result);
      const count = (pattern: RegExp): number => result.match(pattern)?.length ?? 0;
      expect(result).toMatch(/^[A-Za-z0-9-]+$/);
      expect(result).toHaveLength(minimums.length);
      expect(count(/[a-z]/g)).toBeGreaterThanOrEqual(minimums.minLower);
      expect(count(/[A-Z]/g)).toBeGreaterThanOrEqual(minimums.minUpper);
      expect(count(/[0-9]/g)).toBeGreaterThanOrEqual(minimums.minNumeric);
    }),
  );
});

test.each([
  [{ length: 0, lower: true }, "at least 1"],
  [{ length: 3 }, "no kind of characters is left"],
  [{ length: 3, lower: true, minLower: 4 }, "less than the minimums together, 4"],
])("%j is refused", (inputs, reason) => {
  const handler = randomText("random:index/randomString:RandomString", { secret: false }, seeded(1));
  expect(handler.check?.(inputs)).toEqual([{ property: "length", reason: expect.stringContaining(reason) }]);
});
