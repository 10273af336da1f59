import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { readManifest } from "../../lambdas/seal/manifest";
import { noDeadline } from "../../lambdas/shared/deadline";
import { readDump } from "../../lambdas/verify/postgres/read-dump";
import { waitUntil } from "../../local/process";
import { POSTGRES_DUMP } from "../../recovery/postgres/dump-export";
import { startTestPostgres, type TestPostgres } from "../support/postgres-server";
import { DumpRun, type DumpTools, dumpTools } from "./support/dump";

// What happens to a dump while it runs: its pod is killed, its database dropped, a table emptied, and what a server's wrong clock makes of it.
jest.setTimeout(120_000);

let tools: DumpTools;
let server: TestPostgres;
const sessions: Client[] = [];

beforeAll(async () => {
  tools = await dumpTools();
  server = await startTestPostgres();
  await server.superuser(`ALTER ROLE ${server.user} CREATEDB`, "postgres");
  await server.superuser(`
    SET ROLE ${server.user};
    CREATE TABLE earlier AS SELECT n FROM generate_series(1, 1000) AS n;
    CREATE TABLE later AS SELECT n FROM generate_series(1, 1000) AS n;
  `);
});
afterEach(async () => {
  for (const each of sessions.splice(0)) await each.end().catch(() => undefined);
});
afterAll(() => server?.stop());

const prepare = (settings: Readonly<Record<string, string>> = {}): DumpRun => {
  const { host: PGHOST, port, database: PGDATABASE, user: username, password, ca } = server;
  const dump = new DumpRun(tools, { SYSTEM: "acme", PGHOST, PGPORT: String(port), PGDATABASE, ...settings });
  dump.giveCredentials({ username, password, ca });
  return dump;
};

const session = async (database = server.database): Promise<Client> => {
  const { host, port, user, password, ca } = server;
  const client = new Client({ host, port, user, password, database, ssl: { ca } });
  client.on("error", () => {});
  await client.connect();
  sessions.push(client);
  return client;
};

/** A dump that stands still at a table of a database until its blocker is done; it holds its snapshot by then. */
const blockedAt = async (table: string, database = server.database) => {
  const blocker = await session(database);
  await blocker.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  const dump = prepare();
  const running = dump.start("dump.sh");
  const waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lifeboat-dump' AND wait_event_type = 'Lock'";
  await waitUntil(async () => (await server.superuser(waiting, "postgres")).trim() === "2", {
    ...{ timeoutMs: 30_000, intervalMs: 50, what: "pg_dump and the counting session wait for a lock", process: running },
  });
  return { blocker, dump, running };
};

const isComplete = (dump: DumpRun): boolean => existsSync(join(dump.work, "dump", "manifest.json"));
const databases = (dump: DumpRun) => dump.manifest().databases.map(({ database }) => database.name);
const rows = (dump: DumpRun) =>
  Object.fromEntries(
    dump
      .manifest()
      .databases.filter(({ database }) => database.name === server.database)
      .flatMap(({ tables }) => tables.map((table) => [table.name, table.rows])),
  );
const failedChecks = async (dump: DumpRun) =>
  (await readDump(JSON.stringify(dump.manifest()), async (key) => dump.part(key), noDeadline)).filter(({ passed }) => !passed);

const nextRunCompletes = async (): Promise<DumpRun> => {
  const next = prepare();
  expect(await next.step("dump.sh")).toMatchObject({ code: 0 });
  expect(await failedChecks(next)).toEqual([]);
  return next;
};

it("a pod that is killed in the middle leaves no manifest; another one completes", async () => {
  const { blocker, dump, running } = await blockedAt("later");
  running.kill();
  await running.exited;
  await blocker.query("ROLLBACK");

  expect(isComplete(dump)).toBe(false);
  expect(rows(await nextRunCompletes())).toEqual({ earlier: 1000, later: 1000 });
});

it("a database that is dropped meanwhile fails the dump; the next run completes without it", async () => {
  const owner = await session("postgres");
  await owner.query("CREATE DATABASE dropped");
  const inside = await session("dropped");
  await inside.query("CREATE TABLE t AS SELECT 1 AS n");
  const { dump, running } = await blockedAt("t", "dropped");
  await owner.query("DROP DATABASE dropped WITH (FORCE)");
  const { code } = await running.exited;

  expect(code).not.toBe(0);
  expect(isComplete(dump)).toBe(false);
  expect(databases(await nextRunCompletes())).not.toContain("dropped");
});

it("a table that is emptied while it is dumped is in the dump as it was: TRUNCATE waits for the dump's end", async () => {
  const { blocker, dump, running } = await blockedAt("later");
  const truncating = (await session()).query("TRUNCATE earlier");
  const waiting = "SELECT count(*) FROM pg_stat_activity WHERE query = 'TRUNCATE earlier' AND wait_event_type = 'Lock'";
  await waitUntil(async () => (await server.superuser(waiting, "postgres")).trim() === "1", {
    ...{ timeoutMs: 30_000, intervalMs: 20, what: "TRUNCATE waits", process: running },
  });
  await blocker.query("ROLLBACK");
  const { code } = await running.exited;
  await truncating;

  expect([code, rows(dump), await failedChecks(dump)]).toEqual([0, { earlier: 1000, later: 1000 }, []]);
  await (await session()).query("INSERT INTO earlier SELECT n FROM generate_series(1, 1000) AS n");
});

it("a table that is emptied before the dump reaches it is empty in its count and its archive alike", async () => {
  const { blocker, dump, running } = await blockedAt("earlier");
  await (await session()).query("TRUNCATE later");
  await blocker.query("ROLLBACK");
  const { code } = await running.exited;

  expect([code, rows(dump), await failedChecks(dump)]).toEqual([0, { earlier: 1000, later: 0 }, []]);
});

it("a dump of a server whose clock is ten minutes ahead is not sealed, and one by the right clock is", async () => {
  // Every time of a manifest is the server's `clock_timestamp()`; this one is found before PostgreSQL's own.
  await server.superuser(
    `SET ROLE ${server.user}; CREATE SCHEMA ahead;
     CREATE FUNCTION ahead.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT pg_catalog.clock_timestamp() + interval '10 minutes' $$`,
  );
  const ahead = prepare({ PGOPTIONS: "-c search_path=ahead,pg_catalog,public" });
  expect(await ahead.step("dump.sh")).toMatchObject({ code: 0 });
  const seal = (dump: DumpRun) => {
    const text = readFileSync(join(dump.work, "dump", "manifest.json"), "utf8");
    return readManifest(POSTGRES_DUMP, text, "acme", dump.manifest().pointId, new Date());
  };

  expect(() => seal(ahead)).toThrow(/was not sealed.*a clock is wrong/);
  expect(seal(await nextRunCompletes())).toMatchObject({ contradictions: [] });
});
