import { brokenReferences } from "../../../../recovery/evidence/references";
import { at, deletion, write } from "./writes";

const vector = (objectKey: string) => ({ collection: "chunks", id: `${objectKey}#0`, objectKey });

/** The objects' time is second 100, the vectors' second 50. */
const brokenOf = (objectKey: string, entries: Parameters<typeof brokenReferences>[0]["entries"], present: readonly string[] = []) =>
  brokenReferences({ references: [vector(objectKey)], objectKeys: new Set(present), entries, objectsAsOf: at(100), chromaAsOf: at(50) });

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
    expect(brokenOf("a", [write(99)])).toMatchObject([{ insideSkew: false, objectKey: "a" }]);
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
