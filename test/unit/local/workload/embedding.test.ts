import fc from "fast-check";
import { DIMENSIONS, embed } from "../../../../local/workload/embedding";

const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

describe("embed", () => {
  test("gives every text a vector of length 1, always the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const vector = embed(text);
        expect(vector).toHaveLength(DIMENSIONS);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
        expect(embed(text)).toEqual(vector);
      }),
    );
  });

  test("puts texts with the same words nearer than others", () => {
    const license = embed("Permission is hereby granted, free of charge, to any person obtaining a copy of this software");
    const similar = embed("permission is granted to any person obtaining a copy of the software, free of charge");
    const other = embed("Run npm install, then open the page in a browser and press the green button");
    expect(cosine(license, similar)).toBeGreaterThan(cosine(license, other) + 0.3);
  });

  test("is bound to its definition: a recovered vector is compared with one that is computed again", () => {
    const vector = embed("one region lost");
    const filled = [...vector].flatMap((value, dimension) => (value === 0 ? [] : [[dimension, Math.round(value * 1000) / 1000]]));
    expect(filled).toHaveLength(5);
    expect(new Set(filled.map(([, value]) => Math.abs(value ?? 0)))).toEqual(new Set([0.535, 0.267]));
  });
});
