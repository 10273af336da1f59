import { distanceBetween } from "../../../../lambdas/chroma-import/recall";
import { checkProbes } from "../../../../lambdas/validate/probes";
import type { ExportedCollection } from "../../../../recovery/chroma/manifest";
import type { ChromaRecord } from "../../../../recovery/chroma/record";

const line: readonly ChromaRecord[] = Array.from({ length: 50 }, (_, index) => ({
  ...{ id: `r${index}`, document: null, metadata: null, uri: null },
  embedding: Float32Array.of(index, 0),
}));

/** The true answer for a record on the line: those beside it. */
const truth = (id: string, count: number): string[] => {
  const vector = line.find((record) => record.id === id)?.embedding ?? new Float32Array();
  return line
    .map((record) => ({ id: record.id, distance: distanceBetween("l2", vector, record.embedding ?? new Float32Array()) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map((neighbour) => neighbour.id);
};

const PROBES = ["r10", "r30"];
const exportedWith = (answer: (id: string) => readonly string[]): ExportedCollection => ({
  ...{ tenant: "t", database: "d", name: "notes", sourceId: "c-1", dimension: 2, space: "l2" },
  ...{ metadataJson: null, configurationJson: "{}", schemaJson: null, countAtSource: 50, deletedMeanwhile: 0, countWritten: 50 },
  ...{ contentDigest: "", embeddingsDigest: "", parts: [] },
  probes: PROBES.map((id) => ({ id, answer: answer(id).map((found) => ({ id: found, distance: 0 })) })),
});

/** A restored collection whose index answers so. */
const ask = async (
  exported: ExportedCollection,
  answer: (id: string, limit: number) => readonly string[],
  held: readonly ChromaRecord[] = line,
) => {
  let requests = 0;
  const checks = await checkProbes(
    {
      records: async (ids) => {
        requests += 1;
        return held.filter(({ id }) => ids.includes(id));
      },
      nearest: async (_vectors, limit) => {
        requests += 1;
        return PROBES.map((id) => answer(id, limit).map((found) => ({ id: found })));
      },
    },
    exported,
  );
  return { check: checks[0], checks, requests };
};

describe("the probes of a validation", () => {
  test("pass an index that finds what the source found, in three requests at most", async () => {
    const { check, requests } = await ask(
      exportedWith((id) => truth(id, 10)),
      truth,
    );

    expect(check).toEqual({
      name: "chroma: recall of t/d/notes",
      expected: "0.80 at least: neighbours that the source found too, or as near ones",
      actual: "1.00: 20 of 20, 20 of them the source's own",
      passed: true,
    });
    expect(requests).toBeLessThanOrEqual(3);
  });

  test("pass an index that finds nearer ones than the source did", async () => {
    const { check } = await ask(
      exportedWith((id) => [...truth(id, 5), ...truth(id, 20).slice(15)]),
      truth,
    );

    expect(check).toMatchObject({ passed: true, actual: "1.00: 20 of 20, 10 of them the source's own" });
  });

  test("fail an index that finds far ones, whatever distances it claims", async () => {
    const { check } = await ask(
      exportedWith((id) => truth(id, 10)),
      (id) => truth(id, 50).slice(40),
    );

    expect(check).toMatchObject({ passed: false, actual: "0.00: 0 of 20, 0 of them the source's own" });
  });

  test.each([
    [8, true],
    [7, false],
  ])("of an index that finds %i of 10, passed is %s", async (found, passed) => {
    const { check } = await ask(
      exportedWith((id) => truth(id, 10)),
      (id) => truth(id, found),
    );

    expect(check?.passed).toBe(passed);
  });

  test("ask for no more than what of the source's answers is in the point", async () => {
    const { check } = await ask(
      exportedWith((id) => ["later-1", "later-2", ...truth(id, 8)]),
      truth,
    );

    expect(check).toMatchObject({ passed: true, actual: "1.00: 16 of 16, 16 of them the source's own" });
  });

  test("want an answer where all that the source answered was written after the export", async () => {
    const later = exportedWith(() => ["later-1", "later-2"]);

    expect((await ask(later, truth)).check).toMatchObject({ passed: true, actual: "2 of 2 answered" });
    expect((await ask(later, () => [])).check).toMatchObject({ passed: false, actual: "0 of 2 answered" });
  });

  test("fail where a probe's record is not there", async () => {
    const { check } = await ask(
      exportedWith((id) => truth(id, 10)),
      truth,
      line.filter(({ id }) => id !== "r30"),
    );

    expect(check).toMatchObject({ passed: false, actual: "1 of their records are there" });
  });

  test("fail an index that answers with records that do not exist", async () => {
    const { check } = await ask(
      exportedWith((id) => truth(id, 10)),
      () => Array.from({ length: 10 }, (_, index) => `gone-${index}`),
    );

    expect(check?.passed).toBe(false);
  });

  test("of an empty collection there are none", async () => {
    expect((await ask({ ...exportedWith(() => []), probes: [] }, truth)).checks).toEqual([]);
  });
});
