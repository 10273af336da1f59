import fc from "fast-check";
import { canonicalJson } from "../../../../recovery/chroma/metadata";

/** What takes the slow way: an object around it is no flat one. */
const slowly = (text: string): string => canonicalJson(`{"around":{"of":${text}}}`).slice('{"around":{"of":'.length, -2);

const value = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary-ascii" }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.integer(), { maxLength: 3 }),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.integer(), { maxKeys: 2 }),
);

describe("the canonical text of an object", () => {
  test("is the same the short way and the long way", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value, { maxKeys: 6 }), (object) => {
        const text = JSON.stringify(object);

        expect(canonicalJson(text)).toBe(slowly(text));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['{"b":1.0,"a":"x"}', '{"a":"x","b":1.0}'],
    ['{"b":9007199254740993,"a":[1,2.50]}', '{"a":[1,2.50],"b":9007199254740993}'],
    ['{"b":["x","y"],"a":[]}', '{"a":[],"b":["x","y"]}'],
    ['{"b": 1, "a": {"d":1,"c":2}}', '{"a":{"c":2,"d":1},"b":1}'],
    ['{"b":"\\u0000\\"}],[{","a":-1.5e-7}', '{"a":-1.5e-7,"b":"\\u0000\\"}],[{"}'],
    ["{}", "{}"],
    ["null", "null"],
    ["[1.0,2]", "[1.0,2]"],
  ])("of %s", (text, expected) => {
    expect(canonicalJson(text)).toBe(expected);
  });

  test.each(['{"a":1', '{"a":1}}', '{"a":1,}', '{"a" 1}'])("%s is no JSON", (text) => {
    expect(() => canonicalJson(text)).toThrow();
  });
});
