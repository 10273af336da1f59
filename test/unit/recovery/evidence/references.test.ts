import fc from "fast-check";
import { type LedgerEntry, writeKey } from "../../../../recovery/evidence/ledger";
import { brokenReferences, type Reference } from "../../../../recovery/evidence/references";
import { at, deletion, write } from "./writes";

const vector = (key: string): Reference => ({
  from: { store: "chroma", collection: "chunks", key: `${key}#0` },
  to: { store: "objects", key },
});

/** The objects' time is second 100, the vectors' second 50. */
const brokenOf = (key: string, entries: readonly LedgerEntry[], present: readonly string[] = []) =>
  brokenReferences({
    references: [vector(key)],
    present: new Set(present.map((each) => writeKey({ store: "objects", key: each }))),
    entries,
    fromAsOf: at(50),
    toAsOf: at(100),
  });

describe("brokenReferences", () => {
  test("a vector whose object is there is whole", () => {
    expect(brokenOf("a", [write(10)], ["a"])).toEqual([]);
  });

  test("an object written after the objects' time is loss", () => {
    expect(brokenOf("a", [write(101)])).toMatchObject([{ insideSkew: true, reason: expect.stringMatching(/after the objects' time/) }]);
  });

  test("an object deleted after the vectors' time is loss", () => {
    expect(brokenOf("a", [write(10), deletion(60)])).toMatchObject([
      { insideSkew: true, reason: expect.stringMatching(/after the vectors' time/) },
    ]);
  });

  test("an object written before the objects' time must be there", () => {
    expect(brokenOf("a", [write(99)])).toMatchObject([{ insideSkew: false, to: { key: "a" } }]);
  });

  test("a later overwrite does not explain an object that is missing altogether", () => {
    expect(brokenOf("a", [write(10), write(101)])).toMatchObject([{ insideSkew: false }]);
  });

  test("an object deleted before the vectors' time explains nothing: its vectors were deleted first", () => {
    expect(brokenOf("a", [write(10), deletion(40)])).toMatchObject([{ insideSkew: false }]);
  });

  test("an object that nobody wrote is a fault", () => {
    expect(brokenOf("a", [write(10, { key: "b" })])).toMatchObject([{ insideSkew: false, reason: "the object was never written" }]);
  });
});

describe("references from rows to vectors, which were exported earlier", () => {
  const row: Reference = {
    from: { store: "postgres", collection: "documents", key: "a" },
    to: { store: "chroma", collection: "chunks", key: "a#0" },
  };
  const ofVector = { store: "chroma", collection: "chunks", key: "a#0" } as const;
  const brokenRow = (...entries: readonly LedgerEntry[]) =>
    brokenReferences({ references: [row], present: new Set(), entries, fromAsOf: at(100), toAsOf: at(50) });

  test("a vector written after the export began is loss", () => {
    expect(brokenRow(write(60, ofVector))).toMatchObject([
      { insideSkew: true, reason: expect.stringMatching(/vector was written .* after the vectors' time/) },
    ]);
  });

  test("a vector deleted after the rows' time is loss", () => {
    expect(brokenRow(write(10, ofVector), deletion(110, ofVector))).toMatchObject([
      { insideSkew: true, reason: expect.stringMatching(/after the rows' time/) },
    ]);
  });

  test("a vector that had been deleted when the export began, and came back later, is loss", () => {
    expect(brokenRow(write(10, ofVector), deletion(40, ofVector), write(60, ofVector))).toMatchObject([{ insideSkew: true }]);
  });

  test("a vector deleted between the two times leaves no row behind: a fault", () => {
    expect(brokenRow(write(10, ofVector), deletion(60, ofVector))).toMatchObject([{ insideSkew: false }]);
  });

  test("a key of the same name in another collection explains nothing", () => {
    expect(brokenRow(write(60, { ...ofVector, collection: "summaries" }))).toMatchObject([
      { insideSkew: false, reason: "the vector was never written" },
    ]);
  });
});

test("two stores that stopped at any times break nothing outside their skew", () => {
  const lives = fc.record({
    written: fc.integer({ min: 0, max: 300 }),
    lived: fc.option(fc.integer({ min: 3, max: 300 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(lives, { maxLength: 20 }), fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 600 }), (all, from, to) => {
      // The object a second before its row, and away a second after it.
      const objects = all.flatMap(({ written, lived }, index) => [
        write(written, { key: `${index}` }),
        ...(lived === undefined ? [] : [deletion(written + lived + 2, { key: `${index}` })]),
      ]);
      const isThere = (start: number, end: number | undefined, time: number) => start + 0.5 < time && (end === undefined || time <= end);
      const rows = all.flatMap(({ written, lived }, index) =>
        isThere(written + 1, lived === undefined ? undefined : written + 1 + lived, from)
          ? [{ from: { store: "postgres", collection: "documents", key: `${index}` }, to: { store: "objects", key: `${index}` } } as const]
          : [],
      );
      const present = new Set(
        all.flatMap(({ written, lived }, index) =>
          isThere(written, lived === undefined ? undefined : written + lived + 2, to)
            ? [writeKey({ store: "objects", key: `${index}` })]
            : [],
        ),
      );
      const broken = brokenReferences({ references: rows, present, entries: objects, fromAsOf: at(from), toAsOf: at(to) });
      expect(broken.filter(({ insideSkew }) => !insideSkew)).toEqual([]);
    }),
  );
});
