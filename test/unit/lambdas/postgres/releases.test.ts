import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readArchive } from "../../../../lambdas/postgres/archive/read";
import type { ArchiveFrames } from "../../../../lambdas/postgres/archive/source";

const FIXTURES = join(__dirname, "..", "..", "..", "fixtures", "postgres-dumps");

/** The file as one frame, in pieces that end within numbers and rows. */
const framesOf = (bytes: Buffer, pieceBytes: number) => (): ArchiveFrames => {
  let ended = false;
  return {
    at: { part: 0, offset: 0 },
    get ended() {
      return ended;
    },
    async *frame() {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
      ended = true;
    },
  };
};

const dumpOf = (major: number): Buffer => readFileSync(join(FIXTURES, `${major}.dump`));

/** Entries as `pg_restore --list` has them, but for their order, which is the release's. */
const COMMON = [
  ["COMMENT", "public", "COLUMN orders.note"],
  ["COMMENT", "public", "TABLE orders"],
  ["COMMENT", "", "LARGE OBJECT 70002"],
  ["CONSTRAINT", "public", "orders orders_pkey"],
  ["DOMAIN", "public", "positive"],
  ["FK CONSTRAINT", "sales", "order lines order lines_order_id_fkey"],
  ["INDEX", "public", "orders_state_idx"],
];

describe.each([
  [15, 14, "15.18", ["BLOB 70001", "BLOB 70002", "BLOB 70050", "BLOB 2147483648", "BLOBS BLOBS"]],
  [16, 15, "16.14", ["BLOB 70001", "BLOB 70002", "BLOB 70050", "BLOB 2147483648", "BLOBS BLOBS"]],
  [18, 16, "18.4", ["BLOB METADATA 70001..2147483648", "BLOBS 70001..2147483648"]],
])("an archive that PostgreSQL %i wrote", (major, minor, release, largeObjects) => {
  it.each([7, 4096])("is read to its last byte in pieces of %i: entries, rows, large objects", async (pieceBytes) => {
    const bytes = dumpOf(major);

    const archive = await readArchive(framesOf(bytes, pieceBytes));

    expect(archive.header).toMatchObject({ minor, database: "shop" });
    expect(archive.header.serverVersion.split(" ")[0]).toBe(release);
    expect(archive.sizeBytes).toBe(bytes.length);
    const rows = archive.entries.flatMap(({ kind, schema, name, dumpId }) =>
      kind === "TABLE DATA" ? [[`${schema}.${name}`, archive.rows.get(dumpId)]] : [],
    );
    expect(Object.fromEntries(rows)).toEqual({ "public.orders": 37, "sales.order lines": 0, "sales.parts_a": 5 });
    expect([...archive.largeObjects.values()]).toEqual([4]);
    const listed = archive.entries.map(({ kind, schema, name }) => [kind, schema, name]);
    for (const entry of COMMON) expect(listed).toContainEqual(entry);
    const blobs = archive.entries.filter(({ kind }) => kind.startsWith("BLOB")).map(({ kind, name }) => `${kind} ${name}`);
    expect(blobs.sort()).toEqual([...largeObjects].sort());
  });

  it("is refused when its end is missing, and when more follows it", async () => {
    const bytes = dumpOf(major);

    for (const missing of [1, 20, 1000, 4000])
      await expect(readArchive(framesOf(bytes.subarray(0, bytes.length - missing), 4096))).rejects.toMatchObject({ code: "point-refused" });
    await expect(readArchive(framesOf(Buffer.concat([bytes, Buffer.from("more")]), 4096))).rejects.toMatchObject({ code: "point-refused" });
  });
});
