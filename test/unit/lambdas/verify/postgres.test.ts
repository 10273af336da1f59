import { zstdCompressSync } from "node:zlib";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { readDump } from "../../../../lambdas/verify/postgres/read-dump";
import type { PartReader } from "../../../../lambdas/verify/reader";
import { LifeboatError } from "../../../../recovery/errors";
import { pgArchive } from "../support/pg-archive";
import { DUMPED, dumpOf, ROLES } from "../support/postgres-dump";

const prepare = (archive: Buffer = DUMPED.archive) => {
  const { dump, objects } = dumpOf(archive);
  const part: PartReader = async (key) => objects.get(key);
  const read = (from = part, deadline = noDeadline) => readDump(JSON.stringify(dump), from, deadline);
  const failed = async (from = part) => (await read(from)).filter(({ passed }) => !passed).map(({ name, actual }) => `${name}: ${actual}`);
  return { dump, objects, part, read, failed };
};

describe("reading a dump of PostgreSQL back", () => {
  it("proves roles, tables of contents, rows, large objects and extensions", async () => {
    const { read } = prepare();

    const checks = await read();

    expect(checks.every(({ passed }) => passed)).toBe(true);
    expect(checks.map(({ name, actual }) => [name, actual])).toEqual([
      ["roles", "2 roles, no passwords"],
      ["shop: list of its table of contents", "4 entries"],
      ["shop: archive", "1 of 1"],
      ["shop: entries of the table of contents", "4"],
      ["shop: data of its entries", "3 of 3"],
      ["shop: rows of its tables", "2 of 2"],
      ["shop: large objects", "1"],
      ["shop: extensions", "1 of 1"],
    ]);
  });

  it("names tables with other rows than were counted, without data, and that were never counted", async () => {
    const [orders, lines] = DUMPED.tables;
    if (orders === undefined || lines === undefined) throw new Error("there are two");
    const { failed } = prepare(
      pgArchive(
        [
          { ...orders, rows: ["1"] },
          { ...lines, oid: 99 },
        ],
        { extensions: ["pgcrypto"], largeObjects: DUMPED.largeObjects },
      ),
    );

    expect(await failed()).toEqual([
      "shop: rows of its tables: 0 of 3: public.orders has 1 rows, not 2; sales.order lines has no data in it; TABLE DATA sales.order lines was not counted at the source",
    ]);
  });

  it("names entries without their data, large objects and extensions that are not in it", async () => {
    const { failed } = prepare(pgArchive(DUMPED.tables, { withoutData: ["lost"] }));

    expect(await failed()).toEqual([
      "shop: entries of the table of contents: 3",
      "shop: data of its entries: 2 of 3: TABLE DATA public.lost",
      "shop: rows of its tables: 2 of 3: TABLE DATA public.lost was not counted at the source",
      "shop: large objects: 0",
      "shop: extensions: 0 of 1: pgcrypto is not in it",
    ]);
  });

  it("fails an archive that was cut short, that is none, and whose part is not there", async () => {
    const { objects, part, failed } = prepare();
    const keys = [...objects.keys()].filter((key) => key.includes("/part-"));
    const [first, last] = [keys[0] ?? "", keys.at(-1) ?? ""];
    const instead =
      (key: string, bytes: Uint8Array | undefined): PartReader =>
      async (asked) =>
        asked === key ? bytes : part(asked);

    expect(keys.length).toBeGreaterThan(1);
    expect(await failed(instead(last, new Uint8Array()))).toEqual([expect.stringMatching(/^shop: archive: 0 of 1: /)]);
    expect(await failed(instead(first, Buffer.from("no zstd at all")))).toEqual([expect.stringMatching(/^shop: archive: 0 of 1: /)]);
    expect(await failed(instead(last, undefined))).toEqual([expect.stringContaining(`${last} is not there as it was sealed`)]);
  });

  it("fails roles with passwords, roles that are missing, and texts that are not there", async () => {
    const { dump, part, failed } = prepare();
    const withPassword = `${ROLES}ALTER ROLE shop WITH LOGIN PASSWORD 'SCRAM-SHA-256$4096:x';\n`;
    const instead =
      (bytes: string | undefined): PartReader =>
      async (key) =>
        key.endsWith("roles.sql") || key.endsWith("toc.txt") ? (bytes === undefined ? undefined : Buffer.from(bytes)) : part(key);

    expect((await failed(instead(withPassword)))[0]).toBe("roles: 2 roles, with passwords");
    expect(await failed(instead(undefined))).toEqual([
      "roles: not there as it was sealed",
      "shop: list of its table of contents: not there as it was sealed",
    ]);
    expect(dump.roles.roles).toBe(2);
  });

  it("throws what may pass by itself: a refused call, and the time that is over", async () => {
    const { part, read } = prepare();
    const refused: PartReader = async (key) => {
      if (key.includes("/part-")) throw new Error("503 SlowDown");
      return part(key);
    };
    const over = () => {
      throw new LifeboatError({ code: "interrupted", what: "out of time", hint: "call again" });
    };

    await expect(read(refused)).rejects.toThrow("503 SlowDown");
    await expect(read(part, over)).rejects.toMatchObject({ code: "interrupted" });
  });

  it("does not take the first of two zstd frames for the whole", async () => {
    const half = DUMPED.archive.length >> 1;
    const frames = [DUMPED.archive.subarray(0, half), DUMPED.archive.subarray(half)].map((bytes) => zstdCompressSync(bytes));
    const { objects, failed } = prepare();
    const parts = [...objects.keys()].filter((key) => key.includes("/part-"));

    const result = await failed(async (key) => {
      if (!key.includes("/part-")) return objects.get(key);
      return key === parts[0] ? Buffer.concat(frames) : new Uint8Array();
    });

    expect(result).toEqual([expect.stringContaining("it ends after")]);
  });
});
