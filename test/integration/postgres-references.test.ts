import { connectDatabase } from "../../lambdas/shared/database";
import { type PointingRow, ROWS_PER_BATCH, restoredPostgres } from "../../lambdas/validate/restored-postgres";
import { startTestPostgres, type TestPostgres } from "../support/postgres-server";

// What PostgreSQL itself decides: names, quoting, keys, types of times, cursors.
let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
  await server.superuser(`
    SET ROLE ${server.user};
    CREATE TABLE documents (id bigint PRIMARY KEY, key text, written_at timestamptz, local timestamp, day date, ms bigint, iso text);
    INSERT INTO documents VALUES
      (1, 'a.md', '2026-11-24 12:00:00.123456+02', '2026-11-24 10:00:00', '2026-11-24', 1795514400000, '2026-11-24T10:00:00Z'),
      (2, NULL, now(), now(), now(), 0, NULL),
      (3, 'b.md', NULL, NULL, NULL, NULL, 'soon');
    CREATE TABLE "Odd ""table" ("the key" text, one int, two text, PRIMARY KEY (one, two));
    INSERT INTO "Odd ""table" VALUES ('x', 7, 'seven');
    CREATE VIEW newest AS SELECT key, written_at FROM documents;
    CREATE TABLE many (id int PRIMARY KEY, key text);
    INSERT INTO many SELECT n, 'k' || n FROM generate_series(1, ${2 * ROWS_PER_BATCH + 1}) AS n;
  `);
});
afterAll(async () => server?.stop());

const postgres = () =>
  restoredPostgres(() =>
    connectDatabase(
      { host: server.host, port: server.port, database: server.database, username: server.user, password: server.password },
      { authorities: server.ca, connectWithinMs: 5000, answerWithinMs: 20_000 },
    ),
  );

const rowsOf = async (table: string, column: string, timeColumn?: string): Promise<readonly PointingRow[] | undefined> => {
  const rows: PointingRow[] = [];
  const isThere = await postgres().pointingRows({ table, column, timeColumn }, async (batch) => void rows.push(...batch));
  return isThere ? rows : undefined;
};

it("hands on the rows that point somewhere, by their primary key", async () => {
  expect(await rowsOf("documents", "key")).toEqual([
    { row: "1", key: "a.md" },
    { row: "3", key: "b.md" },
  ]);
});

it.each([
  ["written_at", "2026-11-24T10:00:00.123Z"],
  ["local", "2026-11-24T10:00:00.000Z"],
  ["day", "2026-11-24T00:00:00.000Z"],
  ["ms", "2026-11-24T10:00:00.000Z"],
  ["iso", "2026-11-24T10:00:00.000Z"],
])("reads a time of column %s, and none where there is none", async (column, time) => {
  const rows = await rowsOf("documents", "key", column);

  expect(rows?.map(({ writtenAt }) => writtenAt?.toISOString())).toEqual([time, undefined]);
});

it("takes names as SQL writes them, and quotes them itself", async () => {
  expect(await rowsOf('public."Odd ""table"', "the key")).toEqual([{ row: "7,seven", key: "x" }]);
  expect(await rowsOf("newest", "key", "written_at")).toMatchObject([{ row: "a.md", key: "a.md" }, { row: "b.md" }]);
});

it.each([
  ["a table", "gone", "key", undefined],
  ["a schema", "gone.documents", "key", undefined],
  ["a column", "documents", "gone", undefined],
  ["a time column", "documents", "key", "gone"],
  ["a statement in a column's name", "documents", "key; DROP TABLE documents", undefined],
])("says that there is no such thing for %s", async (_what, table, column, timeColumn) => {
  expect(await rowsOf(table, column, timeColumn)).toBeUndefined();
  expect(await rowsOf("documents", "key")).toHaveLength(2);
});

it("reads a table of any size in batches of one moment", async () => {
  const sizes: number[] = [];

  await postgres().pointingRows({ table: "many", column: "key" }, async (batch) => {
    sizes.push(batch.length);
    await server.superuser("DELETE FROM many WHERE id = (SELECT max(id) FROM many)");
  });

  expect(sizes).toEqual([ROWS_PER_BATCH, ROWS_PER_BATCH, 1]);
});

it("gives its connection back when the work on a batch fails, and says that the server is a primary", async () => {
  const failing = postgres().pointingRows({ table: "many", column: "key" }, () => Promise.reject(new Error("out of time")));

  await expect(failing).rejects.toThrow("out of time");
  expect(await postgres().isPrimary()).toBe(true);
  expect((await server.superuser("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lifeboat'", "postgres")).trim()).toBe(
    "0",
  );
});
