import fc from "fast-check";
import { isInShare, nextShare, type Rotation } from "../../../../recovery/objects/rotation";

describe("the share of a run", () => {
  it("every key is in exactly one of N, so that N runs in a row look at all of them", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), fc.integer({ min: 1, max: 200 }), (keys, of) => {
        const seen = new Map(keys.map((key) => [key, 0]));
        let share: Rotation | undefined;
        for (let run = 0; run < of; run += 1) {
          share = nextShare(share, of);
          for (const key of seen.keys()) if (isInShare(key, share)) seen.set(key, (seen.get(key) ?? 0) + 1);
        }
        expect([...seen.values()].every((times) => times === 1)).toBe(true);
      }),
    );
  });

  it("goes on at its place when another number of runs is configured", () => {
    expect(nextShare({ index: 9, of: 10 }, 4)).toEqual({ index: 2, of: 4 });
  });
});
