import type { ChromaCollection, Neighbour } from "../../../../lambdas/chroma/client";
import { checkRecall, distanceBetween, ExactNeighbours } from "../../../../lambdas/chroma-import/recall";
import type { ExportedCollection } from "../../../../recovery/chroma/manifest";
import type { ChromaRecord } from "../../../../recovery/chroma/record";
import { COLLECTION } from "../chroma-export/source";

const line: ChromaRecord[] = Array.from({ length: 50 }, (_, index) => ({
  ...{ id: `r${index}`, document: null, metadata: null, uri: null },
  embedding: Float32Array.of(index, 0),
}));

/** The true answer for a record on the line: those beside it. */
const truth = (id: string, count: number, from: readonly ChromaRecord[] = line): Neighbour[] => {
  const vector = line.find((record) => record.id === id)?.embedding ?? new Float32Array();
  return from
    .map((record) => ({ id: record.id, distance: distanceBetween("l2", vector, record.embedding ?? new Float32Array()) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count);
};

const PROBES = ["r10", "r30"];
const exportedWith = (answer: (id: string) => Neighbour[]): ExportedCollection => ({
  ...{ tenant: "t", database: "d", name: "notes", sourceId: "c-1", dimension: 2, space: "l2" },
  ...{ metadataJson: null, configurationJson: "{}", schemaJson: null, countAtSource: 50, deletedMeanwhile: 0, countWritten: 50 },
  ...{ contentDigest: "", embeddingsDigest: "", parts: [] },
  probes: PROBES.map((id) => ({ id, answer: answer(id) })),
});

const judge = async (exported: ExportedCollection, restored: (id: string) => Neighbour[], held: readonly ChromaRecord[] = line) => {
  const collection: ChromaCollection = { ...COLLECTION, id: "restored" };
  const exact = await ExactNeighbours.of({ records: async (_id, ids) => held.filter(({ id }) => ids.includes(id)) }, collection, exported);
  for (const record of held) exact.add(record);
  return checkRecall({ nearest: async () => PROBES.map(restored) }, collection, exported, exact);
};

describe("recall after a restore", () => {
  test("is whole where both indexes answer the truth", async () => {
    const [check] = await judge(
      exportedWith((id) => truth(id, 10)),
      (id) => truth(id, 10),
    );

    expect(check).toEqual({
      name: "t/d/notes: recall",
      expected: "0.80 at least, against brute force: the source's 1.00 less 0.2",
      actual: "1.00; 20 of 20 of the source's own answers",
      passed: true,
    });
  });

  test("fails when the restored index finds far ones", async () => {
    const [check] = await judge(
      exportedWith((id) => truth(id, 10)),
      (id) => truth(id, 50).slice(40),
    );

    expect(check).toMatchObject({ actual: "0.00; 0 of 20 of the source's own answers", passed: false });
  });

  test("fails when the restored index finds too few", async () => {
    const [check] = await judge(
      exportedWith((id) => truth(id, 10)),
      (id) => truth(id, 5),
    );

    expect(check).toMatchObject({ passed: false });
  });

  test("asks no more of the restored index than the source's own found", async () => {
    const half = (id: string) => [...truth(id, 5), ...truth(id, 50).slice(45)];

    const [check] = await judge(exportedWith(half), half);

    expect(check).toMatchObject({ passed: true, actual: "0.50; 20 of 20 of the source's own answers" });
  });

  test("what the source answered and the point does not hold counts for neither", async () => {
    const later = (id: string) => [{ id: "written-later", distance: 0 }, ...truth(id, 9)];

    const [check] = await judge(exportedWith(later), (id) => truth(id, 10));

    expect(check).toMatchObject({ expected: expect.stringContaining("the source's 1.00"), passed: true });
  });

  test("fails when a probe's record is not there", async () => {
    const [check] = await judge(
      exportedWith((id) => truth(id, 10)),
      (id) => truth(id, 10),
      line.filter(({ id }) => id !== "r30"),
    );

    expect(check).toMatchObject({ passed: false, actual: "1 of their records are there" });
  });
});

describe("distances", () => {
  const [a, b] = [Float32Array.of(3, 4), Float32Array.of(4, 3)];

  test.each([
    ["l2", 2],
    ["ip", 1 - 24],
    ["cosine", 1 - 24 / 25],
  ] as const)("by %s", (space, expected) => {
    expect(distanceBetween(space, a, b)).toBeCloseTo(expected, 12);
  });
});
