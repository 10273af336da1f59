import type { checkCoverage } from "../../../../lambdas/coverage/coverage";
import { measureInto } from "../support/restore-measurement";
import { prepare, uncovered } from "./system";

describe("the time that a restore of the vectors takes", () => {
  const lineOf = (coverage: Awaited<ReturnType<typeof checkCoverage>>) => coverage.lines.find(({ kind }) => kind === "restore-time");

  it("is covered while the newest export fits into the RTO, at the assumed rate until one was measured", async () => {
    const { checkRestore, protect } = prepare();
    await protect();

    const coverage = await checkRestore();

    expect(coverage.uncovered).toBe(0);
    expect(lineOf(coverage)).toEqual({
      ...{ kind: "restore-time", name: "chroma", verdict: "protected" },
      reason:
        "export chroma-20261124T100000Z-1a2b: 10 min before the first record + 5 records at 800 a second = 10 min 1 s, within the RTO of 1 h (assumed: 800 records/s, by chroma.restoreRecordsPerSecond; no recovery has measured it yet)",
    });
  });

  it("is uncovered once a drill measured less than was assumed, without a deploy, and the alarm hears of it", async () => {
    const { checkRestore, protect, published, vault } = prepare();
    await protect();
    measureInto(vault, { records: 5, recordsPerSecond: 0.001 });

    const coverage = await checkRestore();

    expect(uncovered(coverage)).toEqual([
      [
        "restore-time",
        "chroma",
        expect.stringMatching(
          /longer than the RTO of 1 h \(measured by recovery drill-1a2b on 2026-11-20, with 5 records: 0 records\/s\), but nothing faster is configured: set chroma.volumeSnapshots, or a tier with more time$/,
        ),
      ],
    ]);
    expect(published[0]?.value).toBe(1);
  });

  it("is uncovered once the store has grown past what it was deployed with", async () => {
    const { checkRestore, protect } = prepare();
    await protect();

    expect((await checkRestore({ assumedRecordsPerSecond: 0.001 })).uncovered).toBe(1);
  });

  it("is covered where snapshots of the volume are configured, and says what the exports would take", async () => {
    const { checkRestore, protect } = prepare();
    await protect();

    const coverage = await checkRestore({ assumedRecordsPerSecond: 0.001, volumeSnapshots: "on" });

    expect(coverage.uncovered).toBe(0);
    expect(lineOf(coverage)?.reason).toMatch(/^chroma.volumeSnapshots is set; export .+ longer than the RTO of 1 h/);
  });

  it("of a server that is not Lifeboat's names what can be done there, and can be left out", async () => {
    const { checkRestore, protect } = prepare();
    await protect();
    const slow = { assumedRecordsPerSecond: 0.001, volumeSnapshots: "elsewhere" as const };
    const exclusion = { kind: "restore-time" as const, match: "chroma", reason: "snapshots by its own stack", owner: "platform" };

    expect(uncovered(await checkRestore(slow))[0]?.[2]).toContain("an exclusion of kind restore-time");
    expect(lineOf(await checkRestore(slow, [exclusion]))).toMatchObject({
      verdict: "excluded",
      reason: "snapshots by its own stack (platform)",
    });
  });

  it("is not known to fit while no export is usable", async () => {
    const { checkRestore } = prepare();

    expect(lineOf(await checkRestore())).toMatchObject({
      verdict: "unprotected",
      reason: "its exports, but no point of chroma has been sealed",
    });
  });
});
