import { exportOfKey, kindOf } from "../../../../recovery/catalogue/kinds";
import { POSTGRES_DUMP } from "../../../../recovery/postgres/dump-export";
import { type DumpedDatabase, PostgresDump } from "../../../../recovery/postgres/dump-manifest";
import { DUMP_POINT, dumpOf } from "../../lambdas/support/postgres-dump";

const { dump } = dumpOf();
const [database] = dump.databases;
if (database === undefined) throw new Error("the dump has a database");

const factsOf = (changes: Partial<PostgresDump>) => POSTGRES_DUMP.facts(JSON.stringify({ ...dump, ...changes }));
const contradictions = (changes: Partial<DumpedDatabase>) => factsOf({ databases: [{ ...database, ...changes }] }).contradictions;

describe("the manifest of a dump of PostgreSQL", () => {
  it("is of the kind that its keys say", () => {
    expect(kindOf("postgres")).toBe(POSTGRES_DUMP);
    expect(exportOfKey(database.toc.key)).toEqual({ kind: POSTGRES_DUMP, pointId: DUMP_POINT });
  });

  it("says what sealing needs: every object but itself, rows, software, and no contradiction", () => {
    const facts = factsOf({});

    expect(facts).toMatchObject({ store: "postgres", series: "postgres", system: "acme", pointId: DUMP_POINT, contradictions: [] });
    expect(facts.parts.map(({ key }) => key)).toEqual([dump.roles.key, database.toc.key, ...database.parts.map(({ key }) => key)]);
    expect(facts.counts).toEqual({ atSource: 2, written: 2 });
    expect(facts.software).toEqual({ postgres: "15.14", pg_dump: "15.14" });
  });

  it("is as of its earliest snapshot: what was committed before is in every database", () => {
    const other = { ...database, database: { ...database.database, name: "archive" } };
    const later = { ...other, snapshot: { ...database.snapshot, takenAt: "2026-11-24T10:03:00.000Z" } };

    expect(factsOf({ databases: [later, database] }).asOf).toBe("2026-11-24T10:00:01.000Z");
  });

  it("contradicts itself with a snapshot outside of its window", () => {
    const early = contradictions({ snapshot: { ...database.snapshot, takenAt: "2026-11-24T09:59:59.000Z" } });

    expect(early).toEqual([expect.stringContaining("is not of the dump's window")]);
  });

  it("contradicts itself with a part twice, out of order, or of another point", () => {
    const [first, second, ...rest] = database.parts;
    if (first === undefined || second === undefined) throw new Error("the dump has parts");
    const strange = { ...first, key: first.key.replace(DUMP_POINT, "postgres-20261123T100000Z-ffff") };

    expect(contradictions({ parts: [second, first, ...rest] })).toEqual(["shop: its parts are not in their order"]);
    expect(contradictions({ parts: [first, first] })).toEqual([
      expect.stringContaining("is listed twice"),
      "shop: its parts are not in their order",
    ]);
    expect(contradictions({ parts: [strange] })).toEqual([expect.stringContaining(`is not under postgres/${DUMP_POINT}/`)]);
  });

  it("contradicts itself with a table or a database twice, or with more tables than entries", () => {
    const [table] = database.tables;
    if (table === undefined) throw new Error("the dump has a table");

    expect(contradictions({ tables: [table, table] })).toEqual(["shop: table 16400 is listed twice"]);
    expect(contradictions({ toc: { ...database.toc, entries: 1 } })).toEqual(["shop: 2 tables, and 1 entries in its table of contents"]);
    expect(factsOf({ databases: [database, database] }).contradictions).toContain("database shop is listed twice");
  });

  it("is none without a database, or with another schema", () => {
    expect(() => factsOf({ databases: [] })).toThrow();
    expect(() => POSTGRES_DUMP.facts(JSON.stringify({ ...dump, schema: "lifeboat/chroma-export/1" }))).toThrow();
    expect(PostgresDump.safeParse(dump).success).toBe(true);
  });
});
