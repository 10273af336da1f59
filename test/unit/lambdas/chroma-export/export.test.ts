import type { ChromaClient, ChromaCollection } from "../../../../lambdas/chroma/client";
import { decodePart } from "../../../../lambdas/chroma/parquet";
import { exportChroma } from "../../../../lambdas/chroma-export/export";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { manifestKey, partKey } from "../../../../recovery/chroma/manifest";
import type { ChromaRecord } from "../../../../recovery/chroma/record";
import { readManifest, SYSTEM } from "../../../support/chroma-recovery";
import { MemoryObjects } from "../../../support/memory-objects";

const COLLECTION: ChromaCollection = {
  ...{ id: "c-1", name: "notes", tenant: "t", database: "d", dimension: 2, space: "l2" },
  ...{ metadataJson: null, configurationJson: '{"hnsw":{"space":"l2"}}', schemaJson: null },
};

const records = (count: number, document = "d"): ChromaRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `r${index}`,
    embedding: Float32Array.of(index, 1),
    document,
    metadata: null,
    uri: null,
  }));

type Source = Pick<ChromaClient, "version" | "collections" | "count" | "ids" | "records" | "contents">;

/** A source that holds these records; what a test overrides is how it misbehaves. */
const source = (held: readonly ChromaRecord[], misbehaves: Partial<Source> = {}): Source => ({
  version: async () => "1.0.0",
  collections: async () => [COLLECTION],
  count: async () => held.length,
  ids: async () => held.map(({ id }) => id),
  records: async (_id, ids) => held.filter(({ id }) => ids.includes(id)),
  contents: async (_id, ids) => held.filter(({ id }) => ids.includes(id)),
  ...misbehaves,
});

const run = async (client: Source) => {
  const staging = new MemoryObjects("staging");
  const report = await exportChroma({
    ...{ system: SYSTEM, client, staging, random: "0000", checkDeadline: noDeadline },
    now: () => new Date("2026-11-24T23:16:45.000Z"),
  });
  return { report, staging, collection: (await readManifest(staging, report.pointId)).collections[0] };
};

describe("an export", () => {
  test("a record that is answered only when it is asked for again is in the point", async () => {
    const held = records(5);
    let asked = 0;

    const { collection } = await run(
      source(held, { records: async (_id, ids) => held.filter(({ id }) => ids.includes(id) && (id !== "r3" || ++asked > 1)) }),
    );

    expect(collection).toMatchObject({ countAtSource: 5, deletedMeanwhile: 0, countWritten: 5 });
  });

  test("a record whose text and vector were read of two versions is read again", async () => {
    const [old, current] = [records(1, "old"), records(1, "new")];
    const torn = current.map((record) => ({ ...record, embedding: Float32Array.of(9, 9) }));
    let reads = 0;

    const { collection, staging } = await run(
      source(current, {
        contents: async () => (reads === 0 ? old : current),
        records: async () => (++reads === 1 ? torn : current),
      }),
    );

    const part = await staging.get(collection?.parts[0]?.key ?? "");
    expect(await decodePart(part?.bytes ?? new Uint8Array())).toEqual(current);
  });

  test("records that never stand still end the export", async () => {
    let version = 0;
    const moving = async () => records(1, `version ${++version}`);

    await expect(run(source(records(1), { contents: moving, records: moving }))).rejects.toThrow(/store-unavailable.*overwritten faster/);
  });

  test("a record that the source lists and never answers is no deletion: the export is refused", async () => {
    const held = records(5);

    await expect(
      run(source(held, { records: async (_id, ids) => held.filter(({ id }) => ids.includes(id) && id !== "r3") })),
    ).rejects.toThrow(/short-export.*1 listed records were not returned, the first is "r3"/);
  });

  test("a record that is gone from the list is counted as deleted", async () => {
    const held = records(5);
    let listed = 0;

    const { collection } = await run(
      source(held, {
        ids: async () => held.map(({ id }) => id).filter((id) => id !== "r3" || ++listed === 1),
        records: async (_id, ids) => held.filter(({ id }) => ids.includes(id) && id !== "r3"),
      }),
    );

    expect(collection).toMatchObject({ countAtSource: 5, deletedMeanwhile: 1, countWritten: 4 });
  });

  test("a list that never agrees with the count is refused with what was seen", async () => {
    await expect(run(source(records(5), { count: async () => 6 }))).rejects.toThrow(/short-export.*5 ids, count 6 before and 6 after/);
  });

  test("a list that agrees on another try is taken: writes go on meanwhile", async () => {
    const held = records(5);
    const counts = [6, 6, 5, 5];

    const { report } = await run(source(held, { count: async () => counts.shift() ?? 5 }));

    expect(report.records).toBe(5);
  });

  test("asks for fewer records at a time when they are large", async () => {
    const held = records(500, "x".repeat(200_000));
    const pages: number[] = [];

    await run(
      source(held, {
        records: async (_id, ids) => {
          pages.push(ids.length);
          return held.filter(({ id }) => ids.includes(id));
        },
      }),
    );

    expect(Math.max(...pages)).toBeLessThanOrEqual(100);
    expect(pages.at(-1)).toBeLessThanOrEqual(42);
  });

  test("a store that refuses a part leaves no manifest", async () => {
    const staging = new MemoryObjects("staging");
    const put = staging.put.bind(staging);
    staging.put = async (key, body, options) => {
      if (key === partKey("chroma-19700101T000000Z-0000", 0, 0)) throw new Error("503 SlowDown");
      return put(key, body, options);
    };
    const exporting = exportChroma({
      ...{ system: SYSTEM, client: source(records(5)), staging, random: "0000", checkDeadline: noDeadline },
      now: () => new Date(0),
    });

    await expect(exporting).rejects.toThrow("503 SlowDown");

    expect(staging.keysUnder("")).not.toContain(manifestKey("chroma-19700101T000000Z-0000"));
  });
});
