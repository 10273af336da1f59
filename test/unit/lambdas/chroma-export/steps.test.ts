import { CHECKPOINTS_PREFIX, resultKey } from "../../../../lambdas/chroma-export/checkpoint";
import { PieceCutter } from "../../../../lambdas/chroma-export/cutter";
import { ExportStep, type PlannedExport } from "../../../../lambdas/chroma-export/events";
import type { ExportSource } from "../../../../lambdas/chroma-export/export";
import { runStep } from "../../../../lambdas/chroma-export/steps";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { manifestKey } from "../../../../recovery/chroma/manifest";
import { readManifest, SYSTEM } from "../../../support/chroma-recovery";
import { MemoryObjects } from "../../../support/memory-objects";
import { recordsOf, sourceOf } from "./source";

const PLAN: ExportStep = { step: "plan", run: "execution-1", startedAt: "2026-11-24T23:16:45.123Z" };

const toolsWith = (staging: MemoryObjects, server: ExportSource) => ({
  ...{ system: SYSTEM, server, tenants: ["t"], staging, pieceRecords: 10, checkDeadline: noDeadline },
  now: () => new Date("2026-11-24T23:20:00.000Z"),
});

const planned = (answer: unknown): PlannedExport => {
  if (typeof answer === "object" && answer !== null && "pieces" in answer) return answer as PlannedExport;
  throw new Error("no plan");
};

/** A whole execution, in order. */
const execute = async (staging: MemoryObjects, server: ExportSource, plan: ExportStep = PLAN) => {
  const tools = toolsWith(staging, server);
  const { pointId, pieces } = planned(await runStep(tools, plan));
  for (const piece of pieces) await runStep(tools, { step: "piece", pointId, piece });
  return { pointId, report: await runStep(tools, { step: "finish", pointId }) };
};

describe("the steps of an export", () => {
  test("give a manifest that is the same when every step is called twice", async () => {
    const [once, twice] = [new MemoryObjects("staging"), new MemoryObjects("staging")];
    const { pointId } = await execute(once, sourceOf(recordsOf(35)));
    const tools = toolsWith(twice, sourceOf(recordsOf(35)));
    for (let call = 0; call < 2; call += 1) await runStep(tools, PLAN);
    for (const piece of [0, 1, 2, 3, 2, 0]) await runStep(tools, { step: "piece", pointId, piece });
    for (let call = 0; call < 2; call += 1) await runStep(tools, { step: "finish", pointId });

    expect(twice.text(manifestKey(pointId))).toBe(once.text(manifestKey(pointId)));
    expect(twice.keysUnder("")).toEqual(once.keysUnder(""));
  });

  test("a late piece of a finished export changes nothing", async () => {
    const staging = new MemoryObjects("staging");
    const { pointId } = await execute(staging, sourceOf(recordsOf(25)));
    const before = staging.puts.length;

    await runStep(toolsWith(staging, sourceOf(recordsOf(25, "written since"))), { step: "piece", pointId, piece: 1 });

    expect(staging.puts.length).toBe(before);
  });

  test("a piece that wrote parts and was cut before its result is read again, and only what was read then counts", async () => {
    const staging = new MemoryObjects("staging");
    const put = staging.put.bind(staging);
    staging.put = async (key, body, options) => {
      if (key.includes("/pieces/")) throw new Error("cut");
      return put(key, body, options);
    };
    await expect(execute(staging, sourceOf(recordsOf(5, "old")))).rejects.toThrow("cut");
    staging.put = put;

    const { pointId } = await execute(staging, sourceOf(recordsOf(5, "new")));

    const [part] = (await readManifest(staging, pointId)).collections[0]?.parts ?? [];
    expect(staging.keysUnder("chroma/").filter((key) => key.endsWith(".parquet"))).toHaveLength(2);
    expect(part?.key).toBe(staging.puts.filter((key) => key.endsWith(".parquet")).at(-1));
  });

  test("two executions at once are two points", async () => {
    const staging = new MemoryObjects("staging");
    const server = sourceOf(recordsOf(15));

    const [one, other] = await Promise.all([execute(staging, server), execute(staging, server, { ...PLAN, run: "execution-2" })]);

    expect(one.pointId).not.toBe(other.pointId);
    expect(one.report).toMatchObject({ records: 15 });
    expect(other.report).toMatchObject({ records: 15 });
  });

  test("an export is not finished while a piece has no result", async () => {
    const staging = new MemoryObjects("staging");
    const tools = toolsWith(staging, sourceOf(recordsOf(15)));
    const { pointId } = planned(await runStep(tools, PLAN));
    await runStep(tools, { step: "piece", pointId, piece: 0 });

    await expect(runStep(tools, { step: "finish", pointId })).rejects.toThrow(new RegExp(`internal.*${resultKey(pointId, 1)}`));

    expect(staging.keysUnder("chroma/").filter((key) => key.endsWith("manifest.json"))).toEqual([]);
  });

  test("nothing of the progress stands among the exports, which are replicated", async () => {
    const staging = new MemoryObjects("staging");
    const { pointId } = await execute(staging, sourceOf(recordsOf(15)));

    const manifest = await readManifest(staging, pointId);
    const parts = manifest.collections.flatMap((collection) => collection.parts.map(({ key }) => key));
    expect(staging.keysUnder("chroma/").sort()).toEqual([...parts, manifestKey(pointId)].sort());
    expect(staging.keysUnder(CHECKPOINTS_PREFIX).length).toBeGreaterThan(0);
  });

  test.each([{ step: "pieces" }, { step: "plan" }, { step: "piece", pointId: "p" }])("%j is no step", (event) => {
    expect(ExportStep.safeParse(event).success).toBe(false);
  });
});

describe("a cutter", () => {
  test("fills pieces over the collections' borders, and goes back to a mark", async () => {
    const staging = new MemoryObjects("staging");
    const cutter = new PieceCutter(staging, "point", 4);
    await cutter.add(0, ["a", "b"]);
    const mark = cutter.mark();
    await cutter.add(1, ["x", "y", "z"]);
    cutter.backTo(mark);
    await cutter.add(1, ["c", "d", "e"]);

    const pieces = await cutter.finish();

    const stored = pieces.map(({ idsKey }) => JSON.parse(staging.text(idsKey) ?? "null"));
    expect(pieces.map(({ records }) => records)).toEqual([4, 1]);
    expect(stored).toEqual([
      {
        ranges: [
          { collection: 0, ids: ["a", "b"] },
          { collection: 1, ids: ["c", "d"] },
        ],
      },
      { ranges: [{ collection: 1, ids: ["e"] }] },
    ]);
  });
});
