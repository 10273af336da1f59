import * as fc from "fast-check";
import { ArchivePlace, readArchive } from "../../../../lambdas/postgres/archive/read";
import type { ArchiveFrames, FrameAt } from "../../../../lambdas/postgres/archive/source";
import { type ArchiveTable, pgArchive } from "../support/pg-archive";

/** The bytes in frames that end at these places, each frame in pieces of these sizes, over and over. */
const framed =
  (bytes: Buffer, sizes: readonly number[] = [Math.max(1, bytes.length)], cuts: readonly number[] = []) =>
  (from: FrameAt = { part: 0, offset: 0 }): ArchiveFrames => {
    const ends = [...new Set([...cuts, bytes.length])].filter((end) => end <= bytes.length).sort((a, b) => a - b);
    let part = from.part;
    return {
      get at() {
        return { part, offset: 0 };
      },
      get ended() {
        return part >= ends.length;
      },
      async *frame() {
        const end = ends[part] ?? 0;
        for (let at = ends[part - 1] ?? 0, piece = 0; at < end; piece += 1) {
          const size = sizes[piece % sizes.length] ?? 1;
          yield bytes.subarray(at, Math.min(end, at + size));
          at += size;
        }
        part += 1;
      },
    };
  };

/** Reads in runs, each of which ends behind so many frames, over and over. */
const readInRuns = async (open: ReturnType<typeof framed>, stops: readonly number[]) => {
  let from: ArchivePlace | undefined;
  for (let run = 0; ; run += 1) {
    let left = stops[run % stops.length] ?? 1;
    let place: ArchivePlace | undefined;
    try {
      return await readArchive(open, {
        ...(from === undefined ? {} : { from }),
        reached: (reached) => {
          left -= 1;
          if (left > 0) return;
          place = ArchivePlace.parse(JSON.parse(JSON.stringify(reached)));
          throw new Error("the time is over");
        },
      });
    } catch (error) {
      if (place === undefined) throw error;
      from = place;
    }
  }
};

const ORDERS: ArchiveTable = { oid: 16_400, schema: "public", name: "orders", rows: ["1\tfirst", "2\tsecond", "3\t\\N"] };
const EMPTY: ArchiveTable = { oid: 16_410, schema: "sales", name: "order lines", rows: [] };

const rowsByOid = ({ entries, rows }: Awaited<ReturnType<typeof readArchive>>) =>
  new Map(entries.flatMap(({ oid, kind, dumpId }) => (kind === "TABLE DATA" ? [[oid, rows.get(dumpId)] as const] : [])));

describe("an archive", () => {
  it.each([14, 15, 16])("of format 1.%i is read to its end: its entries, each table's rows, its large objects", async (minor) => {
    const largeObjects = new Map([
      [17_000, "a picture"],
      [17_001, ""],
      [4_000_000_000, "another one"],
    ]);
    const bytes = pgArchive([ORDERS, EMPTY], { minor, extensions: ["pgcrypto"], largeObjects });

    const archive = await readArchive(framed(bytes));

    expect(archive.header).toEqual({ minor, offsetSize: 8, database: "shop", serverVersion: "15.14", clientVersion: "15.14" });
    expect(archive.entries.map(({ kind, schema, name }) => [kind, schema, name])).toEqual([
      ["EXTENSION", "", "pgcrypto"],
      ["TABLE DATA", "public", "orders"],
      ["TABLE DATA", "sales", "order lines"],
      ["BLOBS", "", "BLOBS"],
    ]);
    expect(rowsByOid(archive)).toEqual(
      new Map([
        [16_400, 3],
        [16_410, 0],
      ]),
    );
    expect([...archive.largeObjects.values()]).toEqual([3]);
    expect(archive.sizeBytes).toBe(bytes.length);
  });

  it("has the same content however its bytes come", async () => {
    const row = fc.string({ unit: fc.constantFrom("a", "\t", "\\\\", "é", " "), maxLength: 12 });
    const tables = fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 4 });
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(tables, sizes, async (contents, pieces) => {
        const bytes = pgArchive(contents.map((rows, at) => ({ oid: 16_400 + at, schema: "public", name: `t${at}`, rows })));

        const archive = await readArchive(framed(bytes, pieces));

        expect(rowsByOid(archive)).toEqual(new Map(contents.map((rows, at) => [16_400 + at, rows.length])));
      }),
    );
  });

  it("is read in runs as in one, wherever its frames end and however often the time is over", async () => {
    const largeObjects = new Map([
      [17_000, "a picture"],
      [17_001, ""],
      [4_000_000_000, "another one"],
    ]);
    const bytes = pgArchive([ORDERS, EMPTY, { ...ORDERS, oid: 16_420, name: "lines" }], { extensions: ["pgcrypto"], largeObjects });
    const whole = await readArchive(framed(bytes));
    const cuts = fc.array(fc.integer({ min: 1, max: bytes.length }), { maxLength: 30 });
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
    const stops = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(cuts, sizes, stops, async (cuts, sizes, stops) => {
        expect(await readInRuns(framed(bytes, sizes, cuts), stops)).toEqual(whole);
      }),
    );
    const everywhere = Array.from({ length: bytes.length }, (_, at) => at + 1);
    expect(await readInRuns(framed(bytes, [1], everywhere), [1])).toEqual(whole);
  });

  it("is refused with what was wrong in whatever run comes to it", async () => {
    const bytes = pgArchive([ORDERS, EMPTY]);
    bytes.write("\\,\n\n\n", bytes.length - 10);
    const everywhere = Array.from({ length: bytes.length }, (_, at) => at + 1);

    await expect(readInRuns(framed(bytes, [3], everywhere), [1])).rejects.toThrow("does not end as COPY's does");
    await expect(readInRuns(framed(bytes.subarray(0, -12), [3], everywhere), [1])).rejects.toThrow(
      `it ends after ${bytes.length - 12} bytes`,
    );
  });

  it("is refused with large objects that do not ascend: they would be counted twice", async () => {
    const largeObjects = new Map([
      [17_001, "x"],
      [17_000, "y"],
    ]);

    await expect(readArchive(framed(pgArchive([], { largeObjects })))).rejects.toThrow("large object 17000 stands behind 17001");
  });

  it("is refused wherever it was cut, but for a cut between two tables, which leaves an entry without its data", async () => {
    const bytes = pgArchive([ORDERS, EMPTY]);
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = readArchive(framed(bytes.subarray(0, length)));
      const missing = await cut.then(
        ({ entries, rows }) => entries.filter(({ hasData, dumpId }) => hasData && !rows.has(dumpId)).length,
        (error: unknown) => {
          expect(error).toMatchObject({ code: "point-refused" });
          return 1;
        },
      );
      expect(missing).toBeGreaterThan(0);
    }
  });

  it.each([
    ["no archive", Buffer.from("-- a text of SQL that goes on"), "it begins with"],
    ["another format", Buffer.from("PGDMP\x01\x11\x00\x04\x08\x01\x00\x00\x00\x00\x00"), "its format is 1.17"],
    ["a directory's table of contents", Buffer.from("PGDMP\x01\x0e\x00\x04\x08\x03\x00\x00\x00\x00\x00"), "the custom one is 1"],
    ["pg_dump's own compression", Buffer.from("PGDMP\x01\x0f\x00\x04\x08\x01\x01\x00\x00\x00\x00"), "compressed by pg_dump itself"],
  ])("is refused when it is %s", async (_name, bytes, problem) => {
    await expect(readArchive(framed(bytes))).rejects.toThrow(problem);
  });

  it("is refused when a table's data does not end as COPY's does", async () => {
    const bytes = pgArchive([ORDERS]);
    bytes.write("\\,\n\n\n", bytes.length - 10);

    await expect(readArchive(framed(bytes))).rejects.toThrow("does not end as COPY's does");
  });

  it("is refused with data of one entry twice, or of a kind that is not known", async () => {
    const once = pgArchive([ORDERS]);
    const data = once.subarray(once.lastIndexOf(Buffer.from([1, 0, 1, 0, 0, 0])));
    const strange = Buffer.from(data);
    strange[0] = 2;

    await expect(readArchive(framed(Buffer.concat([once, data])))).rejects.toThrow("stands in it twice");
    await expect(readArchive(framed(Buffer.concat([once, strange.fill(9, 2, 3)])))).rejects.toThrow("data of kind 2");
  });
});
