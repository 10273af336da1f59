import { decodePart } from "../../../../lambdas/chroma/parquet";
import { type ExportSource, exportChroma } from "../../../../lambdas/chroma-export/export";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { allParts, manifestKey } from "../../../../recovery/chroma/manifest";
import { embeddingsAnswer } from "../../../support/chroma-data";
import { readManifest, SYSTEM } from "../../../support/chroma-recovery";
import { MemoryObjects } from "../../../support/memory-objects";
import { COLLECTION, recordsOf, sourceOf } from "./source";

const exporting = (server: ExportSource, staging: MemoryObjects, options: { readonly pieceRecords?: number; readonly now?: Date } = {}) =>
  exportChroma({
    ...{ system: SYSTEM, server, tenants: ["t"], staging, random: "0000", checkDeadline: noDeadline },
    now: () => options.now ?? new Date("2026-11-24T23:16:45.000Z"),
    pieceRecords: options.pieceRecords,
  });

const run = async (server: ExportSource, pieceRecords?: number) => {
  const staging = new MemoryObjects("staging");
  const report = await exporting(server, staging, { pieceRecords });
  const manifest = await readManifest(staging, report.pointId);
  return { report, staging, manifest, collection: manifest.collections[0] };
};

const manifests = (staging: MemoryObjects): string[] => staging.keysUnder("chroma/").filter((key) => key.endsWith("manifest.json"));

describe("an export", () => {
  test("is the same however it is cut into pieces, but for its parts", async () => {
    const [whole, cut] = [await run(sourceOf(recordsOf(100))), await run(sourceOf(recordsOf(100)), 7)];

    expect(whole.collection?.parts).toHaveLength(1);
    expect(cut.collection?.parts).toHaveLength(15);
    expect({ ...cut.collection, parts: [] }).toEqual({ ...whole.collection, parts: [] });
    const records = await Promise.all(
      allParts(cut.manifest).map(async ({ key }) => decodePart((await cut.staging.get(key))?.bytes ?? new Uint8Array())),
    );
    expect(records.flat()).toEqual(recordsOf(100));
  });

  test("lists databases without collections too, and names its probes with their answers", async () => {
    const server = { ...sourceOf(recordsOf(20)), databases: async () => ["d", "empty"] };
    const source: ExportSource = {
      ...server,
      collectionCount: async (_tenant, database) => (database === "d" ? 1 : 0),
      database: (tenant, database) => ({
        ...server.database(tenant, database),
        collections: async () => (database === "d" ? [COLLECTION] : []),
      }),
    };

    const { manifest, collection } = await run(source);

    expect(manifest.databases).toEqual([
      { tenant: "t", database: "d" },
      { tenant: "t", database: "empty" },
    ]);
    expect(collection?.probes).toHaveLength(8);
    expect(collection?.probes[0]?.answer).toHaveLength(10);
  });

  test("a record that is answered only when it is asked for again is in the point", async () => {
    const held = recordsOf(5);
    let asked = 0;

    const { collection } = await run(
      sourceOf(held, {
        embeddings: async (_id, ids) => embeddingsAnswer(held.filter(({ id }) => ids.includes(id) && (id !== "r3" || ++asked > 2))),
      }),
    );

    expect(collection).toMatchObject({ countAtSource: 5, deletedMeanwhile: 0, countWritten: 5 });
  });

  test("a record that is answered only at the end is in a part of its own", async () => {
    const held = recordsOf(5);
    let asked = 0;

    const { collection } = await run(
      sourceOf(held, {
        embeddings: async (_id, ids) => embeddingsAnswer(held.filter(({ id }) => ids.includes(id) && (id !== "r3" || ++asked > 4))),
      }),
    );

    expect(collection).toMatchObject({ countAtSource: 5, deletedMeanwhile: 0, countWritten: 5 });
    expect(collection?.parts.map(({ rows }) => rows)).toEqual([4, 1]);
  });

  test.each([
    ["before its text", 1],
    ["after its text", 2],
  ])(
    "a record that is overwritten when its vector was read, %s, is read again: no text stands beside the vector of another version",
    async (_when, at) => {
      const [old, current] = [recordsOf(1, "old"), recordsOf(1, "new").map((record) => ({ ...record, embedding: Float32Array.of(9, 9) }))];
      let reads = 0;
      const standing = () => (++reads > at ? current : old);

      const { collection, staging } = await run(
        sourceOf(current, { contents: async () => standing(), embeddings: async () => embeddingsAnswer(standing()) }),
      );

      const part = await staging.get(collection?.parts[0]?.key ?? "");
      expect(await decodePart(part?.bytes ?? new Uint8Array())).toEqual(current);
    },
  );

  test("a text that is newer than a vector which the index has not yet is seen after the rest, and read again", async () => {
    const [old, current] = [recordsOf(1, "old"), recordsOf(1, "new").map((record) => ({ ...record, embedding: Float32Array.of(9, 9) }))];
    let isIndexed = false;

    const { collection, staging } = await run(
      sourceOf(current, {
        embeddings: async () => embeddingsAnswer(isIndexed ? current : old),
        rest: async () => {
          isIndexed = true;
        },
      }),
    );

    const part = await staging.get(collection?.parts[0]?.key ?? "");
    expect(await decodePart(part?.bytes ?? new Uint8Array())).toEqual(current);
  });

  test("only what moved is read again, after a shorter rest", async () => {
    const held = recordsOf(3);
    const asked: (readonly string[])[] = [];
    const rests: number[] = [];
    let reads = 0;

    await run(
      sourceOf(held, {
        contents: async (_id, ids) => {
          asked.push(ids);
          return held.filter(({ id }) => ids.includes(id));
        },
        embeddings: async (_id, ids) => {
          const moved = ++reads === 1 ? held.map((record) => (record.id === "r1" ? { ...record, embedding: null } : record)) : held;
          return embeddingsAnswer(moved.filter(({ id }) => ids.includes(id)));
        },
        rest: async (milliseconds) => void rests.push(milliseconds),
      }),
    );

    expect(asked).toEqual([["r0", "r1", "r2"], ["r1"]]);
    expect(rests).toEqual([250, 125]);
  });

  test("contents are read once, between two readings of the vectors: each page is three requests", async () => {
    const held = recordsOf(250);
    const asked: string[] = [];
    const note = (what: string, ids: readonly string[]) => {
      asked.push(`${what} from ${ids[0]}`);
      return held.filter(({ id }) => ids.includes(id));
    };

    await run(
      sourceOf(held, {
        contents: async (_id, ids) => note("contents", ids),
        embeddings: async (_id, ids) => embeddingsAnswer(note("vectors", ids)),
      }),
      250,
    );

    const ofPage = (first: string): string[] => asked.filter((request) => request.endsWith(` from ${first}`));
    for (const first of ["r0", "r100"])
      expect(ofPage(first)).toEqual([`vectors from ${first}`, `contents from ${first}`, `vectors from ${first}`]);
    expect(asked).toHaveLength(6);
  });

  test("records that never stand still end the export", async () => {
    let version = 0;
    const moving = async () => embeddingsAnswer([{ id: "r0", embedding: Float32Array.of(++version) }]);

    await expect(run(sourceOf(recordsOf(1), { embeddings: moving }))).rejects.toThrow(/store-unavailable.*overwritten faster/);
  });

  test("a record that the source lists and never answers is no deletion: the export is refused", async () => {
    const held = recordsOf(5);

    await expect(
      run(sourceOf(held, { embeddings: async (_id, ids) => embeddingsAnswer(held.filter(({ id }) => ids.includes(id) && id !== "r3")) })),
    ).rejects.toThrow(/short-export.*1 listed records were not returned, the first is "r3"/);
  });

  test("a record that is gone from the list is counted as deleted", async () => {
    const held = recordsOf(5);
    const left = held.filter(({ id }) => id !== "r3");

    const { collection } = await run(
      sourceOf(held, {
        idsFrom: async (_id, offset, limit) => left.slice(offset, offset + limit).map(({ id }) => id),
        embeddings: async (_id, ids) => embeddingsAnswer(left.filter(({ id }) => ids.includes(id))),
      }),
    );

    expect(collection).toMatchObject({ countAtSource: 5, deletedMeanwhile: 1, countWritten: 4 });
  });

  test("a list that never agrees with the count is refused with what was seen", async () => {
    await expect(run(sourceOf(recordsOf(5), { count: async () => 6 }))).rejects.toThrow(/short-export.*5 ids, count 6 before and 6 after/);
  });

  test("a list that agrees on another try is taken: writes go on meanwhile", async () => {
    const held = recordsOf(5);
    const counts = [6, 6, 5, 5];

    const { report } = await run(sourceOf(held, { count: async () => counts.shift() ?? 5 }));

    expect(report.records).toBe(5);
  });

  test("a list of collections that is shorter than the server's count is refused", async () => {
    await expect(run({ ...sourceOf(recordsOf(1)), collectionCount: async () => 2 })).rejects.toThrow(/short-export.*1 listed, 2 counted/);
  });

  test("a tenant that the server does not have is no empty one", async () => {
    const staging = new MemoryObjects("staging");
    const options = { system: SYSTEM, server: sourceOf([]), staging, random: "0000", checkDeadline: noDeadline, now: () => new Date(0) };

    await expect(exportChroma({ ...options, tenants: ["t", "gone"] })).rejects.toThrow(/configuration.*no such tenant.*"gone"/);

    expect(manifests(staging)).toEqual([]);
  });

  test("asks for fewer records at a time when they are large", async () => {
    const held = recordsOf(500, "x".repeat(200_000));
    const pages: number[] = [];

    await run(
      sourceOf(held, {
        embeddings: async (_id, ids) => {
          pages.push(ids.length);
          return embeddingsAnswer(held.filter(({ id }) => ids.includes(id)));
        },
      }),
    );

    expect(Math.max(...pages)).toBeLessThanOrEqual(100);
    expect(pages.at(-1)).toBeLessThanOrEqual(42);
  });

  test("a clock that is set back ends no window before it began", async () => {
    const staging = new MemoryObjects("staging");
    const times = ["2026-11-24T23:16:45.000Z", "2026-11-24T22:00:00.000Z"];
    const server = sourceOf(recordsOf(1));
    const options = { system: SYSTEM, server, tenants: ["t"], staging, random: "0000", checkDeadline: noDeadline };

    const report = await exportChroma({ ...options, now: () => new Date(times.length > 1 ? (times.shift() ?? 0) : (times[0] ?? 0)) });

    const { window } = await readManifest(staging, report.pointId);
    expect(window.finishedAt).toBe(window.startedAt);
  });

  test("a store that refuses a part leaves no manifest, and a second call of the piece completes it", async () => {
    const staging = new MemoryObjects("staging");
    const put = staging.put.bind(staging);
    let refusals = 1;
    staging.put = async (key, body, options) => {
      if (key.endsWith(".parquet") && refusals-- > 0) throw new Error("503 SlowDown");
      return put(key, body, options);
    };
    await expect(exporting(sourceOf(recordsOf(5)), staging)).rejects.toThrow("503 SlowDown");
    expect(manifests(staging)).toEqual([]);

    const report = await exporting(sourceOf(recordsOf(5)), staging);

    expect(manifests(staging)).toEqual([manifestKey(report.pointId)]);
  });
});
