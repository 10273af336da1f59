import { prepare } from "./world";

const found = async (world: ReturnType<typeof prepare>) => {
  const response = await world.run();
  return world.report(response.reportKey).tally.findings.map(({ kind, copy, key }) => `${kind} ${copy} ${key}`);
};

describe("comparing the documents with their copies finds", () => {
  test("nothing where both copies are complete and locked", async () => {
    const world = prepare();
    for (const key of ["a", "b/c", "d", "e", "f", "g", "h"]) await world.replicated(key);
    world.hourLater();

    const response = await world.run();

    const report = world.report(response.reportKey);
    expect(response).toEqual({
      outcome: "finished",
      reportKey: expect.stringMatching(/^catalogue\/comparisons\/listing\/\d{13}-[0-9a-f]{8}\.json$/),
      found: {},
    });
    expect(report).toMatchObject({ same: true, nextSteps: [], tally: { judged: 7, young: 0, sampled: 7, checksums: 14, findings: [] } });
    expect(report.rules).toEqual([{ rule: "live-ready", destination: "replica", latencySeconds: 12 }]);
  });

  test("a copy that is missing, and which step brings it", async () => {
    const world = prepare();
    await world.replicated("a");
    world.source.add("b", "only here");
    world.hourLater();

    const { reportKey } = await world.run();

    const report = world.report(reportKey);
    expect(report.tally.found.missing).toEqual({ replica: 1, locked: 1 });
    expect(report.same).toBe(false);
    expect(report.nextSteps).toEqual([
      "2 copies will not come by themselves (b): start an S3 Batch Replication job on source for objects with replication status NONE and FAILED, docs/objects.md says how",
    ]);
  });

  test("nothing wrong with what was written a moment ago: it may be on its way", async () => {
    const world = prepare();
    await world.replicated("a");
    world.hourLater();
    world.source.add("new", "x");

    const { reportKey } = await world.run();

    expect(world.report(reportKey).tally).toMatchObject({ judged: 1, young: 1, findings: [] });
  });

  test.each([
    ["PENDING", "pending"],
    ["FAILED", "failed"],
    ["COMPLETED", "missing"],
  ])("what replication says of a missing copy: %s", async (status, kind) => {
    const world = prepare();
    world.source.add("a", "x");
    await world.lockedPut("a", "x");
    world.statuses.set("a", status);
    world.hourLater();

    expect(await found(world)).toEqual([`${kind} replica a`]);
  });

  test("another size, by the listings alone", async () => {
    const world = prepare({ rotationRuns: 1_000_000 });
    world.source.add("a", "the document");
    world.replica.add("a", "scrambled");
    await world.lockedPut("a", "the document");
    world.hourLater();

    expect(await found(world)).toEqual(["differing replica a"]);
  });

  test("another content of the same size, by its checksum, when it is its turn", async () => {
    const world = prepare();
    world.source.add("a", "document");
    world.replica.add("a", "DOCUMENT");
    await world.lockedPut("a", "document");
    world.hourLater();

    expect(await found(world)).toEqual(["differing replica a"]);
  });

  test("a locked copy without a lock, and one whose lock is too short", async () => {
    const world = prepare();
    for (const [key, days] of [
      ["a", 0],
      ["b", 30],
    ] as const) {
      world.source.add(key, "x");
      world.replica.add(key, "x");
      await world.lockedPut(key, "x", days);
    }
    world.hourLater();

    expect(await found(world)).toEqual(["unlocked locked a", "unlocked locked b"]);
  });

  test("a document that was deleted and is still in the replica; the locked copy is kept on purpose", async () => {
    const world = prepare();
    await world.replicated("a");
    await world.replicated("b");
    world.source.add("a", undefined);
    world.hourLater();

    expect(await found(world)).toEqual(["undeleted replica a"]);
  });

  test("no such thing where deletes are not replicated, nor where a version was deleted by its id", async () => {
    const kept = prepare({ replicatesDeletes: false });
    await kept.replicated("a");
    kept.source.add("a", undefined);
    kept.hourLater();
    const erased = prepare();
    erased.replica.add("a", "x");
    erased.hourLater();

    expect(await found(kept)).toEqual([]);
    expect(await found(erased)).toEqual([]);
  });

  test("at most a hundred of a kind by name, and all by number", async () => {
    const world = prepare({}, 50);
    for (let index = 0; index < 130; index += 1) {
      world.source.add(`k${String(index).padStart(4, "0")}`, "x");
      await world.lockedPut(`k${String(index).padStart(4, "0")}`, "x");
    }
    world.hourLater();

    const { reportKey } = await world.run();

    const { tally } = world.report(reportKey);
    expect(tally.found.missing).toEqual({ replica: 130, locked: 0 });
    expect(tally.findings).toHaveLength(100);
  });
});

describe("three listings are of three moments, and what changed between them is no finding:", () => {
  test("a document that was deleted after it was listed", async () => {
    const world = prepare();
    world.source.add("a", "x");
    world.hourLater();
    const { heads } = world.tools;

    const { reportKey } = await world.run({ heads: { ...heads, source: async () => undefined } });

    expect(world.report(reportKey).tally).toMatchObject({ gone: 1, findings: [] });
  });

  test("a document that was overwritten after it was listed", async () => {
    const world = prepare();
    await world.replicated("a", "first");
    world.hourLater();
    const { heads } = world.tools;
    const overwritten = async () => ({ sizeBytes: 99, lastModified: world.clock.now(), checksums: [] });

    const { reportKey } = await world.run({ heads: { ...heads, source: overwritten } });

    expect(world.report(reportKey).tally.findings).toEqual([]);
  });

  test("a copy that arrived after its bucket was listed", async () => {
    const world = prepare();
    world.source.add("a", "x");
    await world.lockedPut("a", "x");
    world.hourLater();
    const listings = { ...world.tools.listings, replica: async function* () {} };
    world.replica.add("a", "x");

    const { reportKey } = await world.run({ listings });

    expect(world.report(reportKey).tally).toMatchObject({ examined: 1, findings: [] });
  });
});
