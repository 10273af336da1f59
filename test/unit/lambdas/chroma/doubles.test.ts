import fc from "fast-check";
import { kept, respellDoubles, spellDouble } from "../../../../lambdas/chroma/doubles";

describe("doubles, spelled for the server's parser", () => {
  // Seen with a real Chroma 1.5.9: what was sent, and what it answered.
  test.each([
    ["1e-23", 1.0000000000000001e-23],
    ["8.247475118225734e-08", 8.247475118225736e-8],
    ["1.0522430552060624e-09", 1.052243055206062e-9],
    ["8247475118225734e-22", 8.247475118225734e-7],
    ["1e300", 1e300],
    ["-2.5", -2.5],
  ])("%s is kept as the server was seen to keep it", (sent, answered) => {
    expect(kept(sent)).toBe(answered);
  });

  test("a double that the server held before is kept exactly when it is spelled for it", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-280, max: 1e280 }), fc.boolean(), (value, negative) => {
        const held = kept(`${(negative ? -value : value).toExponential()}`);

        expect(kept(spellDouble(held.toExponential()))).toBe(held);
      }),
      { numRuns: 2000 },
    );
  });

  test("what is kept as it stands stays as it stands: whole numbers, short decimals, strings that look like numbers", () => {
    const json = '{"a":1,"b":1.0,"c":9007199254740993,"d":0.1,"8.247475118225734e-08":"8.247475118225734e-08 \\" 1e-23","e":true}';

    expect(respellDoubles(json)).toBe(json);
  });
});
