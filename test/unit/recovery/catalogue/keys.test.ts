import fc from "fast-check";
import { makePointId, POINTS_PREFIX, PROOFS_PREFIX, pointKey, proofKeyOf } from "../../../../recovery/catalogue/keys";

const times = fc.date({ min: new Date("2020-01-01T00:00:00Z"), max: new Date("2280-01-01T00:00:00Z"), noInvalidDate: true });

describe("pointKey", () => {
  test("sorts newer points before older ones, as S3 lists keys", () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        fc.pre(a.getTime() !== b.getTime());
        const [older, newer] = a < b ? [a, b] : [b, a];
        expect(pointKey("chroma", newer.toISOString(), "x") < pointKey("chroma", older.toISOString(), "x")).toBe(true);
      }),
    );
  });

  test("keeps points of one time apart, each under its store", () => {
    const asOf = "2026-11-24T23:16:45.000Z";
    expect(pointKey("chroma", asOf, "a")).not.toBe(pointKey("chroma", asOf, "b"));
    expect(pointKey("chroma", asOf, "a").startsWith(`${POINTS_PREFIX}chroma/`)).toBe(true);
  });

  test("a time that is none is refused", () => {
    expect(() => pointKey("chroma", "yesterday", "a")).toThrow(/time/);
  });
});

describe("proofKeyOf", () => {
  test("is the point's key under the proofs' prefix", () => {
    expect(proofKeyOf(`${POINTS_PREFIX}chroma/1-a.json`)).toBe(`${PROOFS_PREFIX}chroma/1-a.json`);
  });

  test("refuses a key that is no point's: an entry must not be read as its own proof", () => {
    expect(() => proofKeyOf("catalogue/elsewhere/1-a.json")).toThrow(/elsewhere/);
  });
});

test("makePointId says the store and the second of the beginning", () => {
  expect(makePointId("chroma", new Date("2026-11-24T23:16:45.678Z"), "1a2b")).toBe("chroma-20261124T231645Z-1a2b");
});
