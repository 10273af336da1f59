import fc from "fast-check";
import { type Course, oneRun } from "../../../../lambdas/shared/course";
import { noDeadline } from "../../../../lambdas/shared/deadline";
import { readDump } from "../../../../lambdas/verify/postgres/read-dump";
import type { PartReader } from "../../../../lambdas/verify/reader";
import { LifeboatError } from "../../../../recovery/errors";
import { pgArchive } from "../support/pg-archive";
import { type Cut, DUMPED, dumpOf, inFrames, oneFrame, ROLES } from "../support/postgres-dump";

const prepare = (archive: Buffer = DUMPED.archive, cut?: Cut) => {
  const { dump, objects } = dumpOf(archive, undefined, cut);
  const part: PartReader = async (key) => objects.get(key);
  const read = (from = part, course = oneRun) => readDump(JSON.stringify(dump), from, noDeadline, course);
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
    const over = {
      from: undefined,
      reached: () => {
        throw new LifeboatError({ code: "interrupted", what: "out of time", hint: "call again" });
      },
    };

    await expect(read(refused)).rejects.toThrow("503 SlowDown");
    await expect(read(part, over)).rejects.toMatchObject({ code: "interrupted" });
  });

  it.each([
    ["one frame over all parts, as earlier releases dumped", oneFrame(150)],
    ["a frame a part", inFrames(200, 1)],
    ["many frames a part", inFrames(20, 7)],
  ])("reads %s", async (_what, cut) => {
    expect(await prepare(DUMPED.archive, cut).failed()).toEqual([]);
  });

  it("finds the same in runs, whenever the time is over and whatever is wrong", async () => {
    const { objects } = prepare(DUMPED.archive, inFrames(10));
    const keys = [...objects.keys()].filter((key) => key.includes("/part-"));
    const fault = fc.oneof(fc.constant(undefined), fc.record({ key: fc.constantFrom(...keys), gone: fc.boolean() }));
    const stops = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fault, stops, async (fault, stops) => {
        const { read, part } = prepare(DUMPED.archive, inFrames(10));
        const from: PartReader = async (key) => {
          const bytes = await part(key);
          if (key !== fault?.key || bytes === undefined) return bytes;
          return fault.gone ? undefined : bytes.subarray(0, -3);
        };

        expect(await inRuns((course) => read(from, course), stops)).toEqual(await read(from));
      }),
      { numRuns: 30 },
    );
  });

  it("begins anew with a checkpoint of another form", async () => {
    const { read, part } = prepare();

    expect(await read(part, { from: { database: "first" }, reached: () => {} })).toEqual(await read());
  });
});

/** Reads until it ends, in runs that end at so many places, over and over. */
const inRuns = async <T>(run: (course: Course) => Promise<T>, stops: readonly number[]): Promise<T> => {
  let from: unknown;
  for (let number = 0; ; number += 1) {
    let left = stops[number % stops.length] ?? 1;
    let state: string | undefined;
    const reached = (reached: unknown): void => {
      left -= 1;
      if (left > 0) return;
      state = JSON.stringify(reached);
      throw new LifeboatError({ code: "interrupted", what: "out of time", hint: "call again" });
    };
    try {
      return await run({ from, reached });
    } catch (error) {
      if (state === undefined) throw error;
      from = JSON.parse(state);
    }
  }
};
