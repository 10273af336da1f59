import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { noDeadline } from "../../lambdas/shared/deadline";
import { readDump } from "../../lambdas/verify/postgres/read-dump";
import { run, waitUntil } from "../../local/process";
import { sha256Hex } from "../../recovery/checksum";
import { LifeboatError } from "../../recovery/errors";
import { POSTGRES_DUMP } from "../../recovery/postgres/dump-export";
import { type DumpedDatabase, dumpParts } from "../../recovery/postgres/dump-manifest";
import { startTestPostgres, type TestPostgres } from "../support/postgres-server";
import { DumpRun, type DumpTools, dumpTools } from "./support/dump";

// What pg_dump, its archives and the scripts of the job do with a real server.
jest.setTimeout(180_000);

const ARCHIVE = 'Archive "of" $HOME\'s';

let tools: DumpTools;
let server: TestPostgres;
let folder: string;
const sessions: Client[] = [];

beforeAll(async () => {
  tools = await dumpTools();
  folder = mkdtempSync(join(tmpdir(), "lifeboat-dump-test-"));
  server = await startTestPostgres();
  await server.superuser(`ALTER ROLE ${server.user} CREATEDB CREATEROLE`, "postgres");
  await server.superuser(`CREATE DATABASE ${quoted(ARCHIVE)} OWNER ${server.user}`, "postgres");
  await server.superuser("CREATE ROLE reader LOGIN PASSWORD 'of the reader'; ALTER ROLE reader SET statement_timeout = '9s'", "postgres");
  await server.superuser(`
    SET ROLE ${server.user};
    CREATE EXTENSION pgcrypto;
    CREATE SCHEMA "Sales ""x""";
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text, length int GENERATED ALWAYS AS (length(note)) STORED);
    INSERT INTO orders (note) SELECT repeat(md5(n::text), 20) FROM generate_series(1, 3000) AS n;
    INSERT INTO orders (note) VALUES (E'\\\\.'), (E'a\\nb\\\\.\\n'), (NULL), (''), ('é');
    CREATE TABLE "Sales ""x"""."order
lines" (id int, "a b" text);
    INSERT INTO "Sales ""x"""."order
lines" VALUES (1, E'\\t');
    CREATE TABLE empty (id int);
    CREATE TABLE no_columns ();
    INSERT INTO no_columns DEFAULT VALUES;
    INSERT INTO no_columns DEFAULT VALUES;
    CREATE UNLOGGED TABLE unlogged AS SELECT 1 AS n;
    CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    INSERT INTO events VALUES ('2026-11-24'), ('2026-11-25');
    CREATE TABLE parent (n int);
    CREATE TABLE child () INHERITS (parent);
    INSERT INTO parent VALUES (1);
    INSERT INTO child VALUES (2), (3);
    CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders;
    SELECT lo_from_bytea(4000000001, decode(repeat('00ff', 50000), 'hex')), lo_from_bytea(0, ''), lo_from_bytea(0, 'x');
  `);
  await server.superuser(`SET ROLE ${server.user}; CREATE TABLE kept AS SELECT n FROM generate_series(1, 10) AS n`, ARCHIVE);
});
afterAll(async () => {
  for (const session of sessions) await session.end().catch(() => undefined);
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The dump's step, ready to run. */
const prepare = (settings: Readonly<Record<string, string>> = {}): DumpRun => {
  const { host: PGHOST, port, database: PGDATABASE, user: username, password, ca } = server;
  const dump = new DumpRun(tools, { SYSTEM: "acme", PGHOST, PGPORT: String(port), PGDATABASE, PART_SIZE: String(64 * 1024), ...settings });
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

const databaseOf = (dump: DumpRun, name: string): DumpedDatabase => {
  const found = dump.manifest().databases.find(({ database }) => database.name === name);
  if (found === undefined) throw new Error(`${name} was not dumped`);
  return found;
};

const rowsOf = ({ tables }: DumpedDatabase) => Object.fromEntries(tables.map(({ schema, name, rows }) => [`${schema}.${name}`, rows]));

const verified = async (dump: DumpRun) => {
  const checks = await readDump(JSON.stringify(dump.manifest()), async (key) => dump.part(key), noDeadline);
  return checks.filter(({ passed }) => !passed);
};

/** Reads as a function does whose time is over behind every frame. */
const verifiedInRuns = async (dump: DumpRun) => {
  const manifest = JSON.stringify(dump.manifest());
  let from: unknown;
  for (let runs = 1; ; runs += 1) {
    let state: unknown;
    const course = {
      from,
      reached: (reached: unknown) => {
        state = JSON.parse(JSON.stringify(reached));
        throw new LifeboatError({ code: "interrupted", what: "the time is over", hint: "call again" });
      },
    };
    try {
      return { runs, checks: await readDump(manifest, async (key) => dump.part(key), noDeadline, course) };
    } catch (error) {
      if (state === undefined) throw error;
      from = state;
    }
  }
};

describe("a dump of a server", () => {
  let dump: DumpRun;
  let output: string;
  beforeAll(async () => {
    dump = prepare();
    const writer = await session();
    let writing = true;
    const writes = (async () => {
      while (writing) await writer.query("INSERT INTO orders (note) VALUES ('written meanwhile')");
    })();
    const finished = await dump.step("dump.sh");
    writing = false;
    await writes;
    output = finished.output;
    if (finished.code !== 0) throw new Error(output);
  });

  it("has every database with the rows, large objects and extensions of its own snapshot", () => {
    const { "public.orders": orders, ...others } = rowsOf(databaseOf(dump, server.database));

    expect(orders).toBeGreaterThanOrEqual(3005);
    expect(others).toEqual({
      'Sales "x".order\nlines': 1,
      "public.child": 2,
      "public.empty": 0,
      "public.events_2026": 2,
      "public.no_columns": 2,
      "public.parent": 1,
      "public.unlogged": 1,
    });
    expect(rowsOf(databaseOf(dump, ARCHIVE))).toEqual({ "public.kept": 10 });
    expect(databaseOf(dump, server.database).database).toMatchObject({
      owner: server.user,
      encoding: "UTF8",
      extensions: [{ name: "pgcrypto", schema: "public" }],
      largeObjects: 3,
      sequences: 1,
    });
  });

  it("contradicts itself in nothing, and every part is what the manifest says", () => {
    const facts = POSTGRES_DUMP.facts(readFileSync(join(dump.work, "dump", "manifest.json"), "utf8"));

    expect(facts.contradictions).toEqual([]);
    expect(facts.pointId).toMatch(/^postgres-\d{8}T\d{6}Z-[0-9a-f]{4}$/);
    expect(databaseOf(dump, server.database).parts.length).toBeGreaterThan(1);
    expect(dumpParts(dump.manifest()).filter(({ key, sha256 }) => sha256Hex(dump.part(key)) !== sha256)).toEqual([]);
    expect(dump.manifest().excluded).toEqual(["template0", "template1"]);
  });

  it("is proven without PostgreSQL's programs: what was written meanwhile is in neither the rows nor the archive", async () => {
    expect(await verified(dump)).toEqual([]);
  });

  it("is proven by as many runs as it has frames as by one", async () => {
    const { runs, checks } = await verifiedInRuns(dump);

    expect(runs).toBeGreaterThan(10);
    expect(checks).toEqual(await readDump(JSON.stringify(dump.manifest()), async (key) => dump.part(key), noDeadline));
  });

  it("has the roles and no password", () => {
    const roles = dump.part(dump.manifest().roles.key).toString("utf8");

    expect(roles).toContain("CREATE ROLE reader;");
    expect(roles).toContain("ALTER ROLE reader SET statement_timeout TO '9s';");
    expect(`${roles}${output}`).not.toMatch(/SCRAM|of the reader|a 'quoted'/);
  });

  it("restores into a new database with what was counted", async () => {
    const { parts, tables, database } = databaseOf(dump, server.database);
    const file = join(folder, "archive");
    writeFileSync(`${file}.zst`, Buffer.concat(parts.map(({ key }) => dump.part(key))));
    await run({ command: tools.zstd, args: ["-q", "-d", `${file}.zst`, "-o", file] });
    const client = await session("postgres");
    await client.query("CREATE DATABASE restored");
    const { host, port, user, password } = server;
    const env = { PATH: tools.path, PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PGSSLMODE: "require" };

    const restore = await run({
      command: join(tools.postgresBin, "pg_restore"),
      args: ["--exit-on-error", "--no-comments", "--dbname=restored", file],
      env,
    });

    expect(restore).toMatchObject({ code: 0, stderr: "" });
    const counts = tables.map(({ schema, name }) => `SELECT count(*)::int AS n FROM ONLY ${quoted(schema)}.${quoted(name)}`);
    const restored = await session("restored");
    const found = [];
    for (const count of counts) found.push((await restored.query<{ n: number }>(count)).rows[0]?.n);
    expect(found).toEqual(tables.map(({ rows }) => rows));
    const objects = await restored.query(
      "SELECT md5(string_agg(md5(lo_get(oid)), '' ORDER BY oid)) AS md5, count(*)::int FROM pg_largeobject_metadata",
    );
    const source = await sessions[0]?.query(
      "SELECT md5(string_agg(md5(lo_get(oid)), '' ORDER BY oid)) AS md5, count(*)::int FROM pg_largeobject_metadata",
    );
    expect(objects.rows).toEqual(source?.rows);
    expect(objects.rows[0]).toMatchObject({ count: database.largeObjects });
    await restored.end();
    await client.query("DROP DATABASE restored");
  });

  it("that is begun while another one runs is a point of its own, and both are whole", async () => {
    const both = [prepare(), prepare()];

    const finished = await Promise.all(both.map((one) => one.step("dump.sh")));

    expect(finished.map(({ code }) => code)).toEqual([0, 0]);
    expect(new Set(both.map((one) => one.manifest().pointId)).size).toBe(2);
    expect(await Promise.all(both.map(verified))).toEqual([[], []]);
  });

  it("has of an extension's table what its author said is the user's", async () => {
    const client = await session("postgres");
    await client.query("CREATE DATABASE extended");
    await server.superuser(
      `SET ROLE ${server.user}; CREATE EXTENSION hstore; CREATE TABLE setting (n int); INSERT INTO setting VALUES (1), (2), (3); CREATE TABLE inner_table (n int)`,
      "extended",
    );
    await server.superuser(
      `ALTER EXTENSION hstore ADD TABLE setting; ALTER EXTENSION hstore ADD TABLE inner_table;
       UPDATE pg_extension SET extconfig = ARRAY['setting'::regclass::oid], extcondition = ARRAY['WHERE n > 1'] WHERE extname = 'hstore'`,
      "extended",
    );
    const extended = prepare();

    const { code, output } = await extended.step("dump.sh");

    expect({ code, output }).toMatchObject({ code: 0 });
    expect(rowsOf(databaseOf(extended, "extended"))).toEqual({ "public.setting": 2 });
    expect(await verified(extended)).toEqual([]);
    await client.query("DROP DATABASE extended");
  });
});

describe("a dump that fails leaves no manifest", () => {
  const failed = async (dump: DumpRun, running: Promise<{ code: number; output: string }>) => {
    const { code, output } = await running;
    expect(code).not.toBe(0);
    expect(existsSync(join(dump.work, "dump", "manifest.json"))).toBe(false);
    return output;
  };

  it("when the disk is full", async () => {
    const dump = prepare();
    const tmpfs = 'mount -t tmpfs -o size=48k none "$WORK" && exec "$@"';
    const mounted = await run({
      command: "unshare",
      args: ["-rm", "sh", "-c", tmpfs, "sh", "true"],
      env: { ...process.env, WORK: dump.work },
    });
    // Where nobody may mount, a limit on the size of a file stands for the disk.
    const before = mounted.code === 0 ? ["unshare", "-rm", "sh", "-c", tmpfs, "sh"] : ["sh", "-c", 'ulimit -f 32; exec "$@"', "sh"];

    const output = await failed(dump, dump.step("dump.sh", { before }));

    expect(output).toMatch(mounted.code === 0 ? /No space left on device/ : /File size limit|File too large/);
  });

  it("when the server restarts meanwhile; the next run completes", async () => {
    const dump = prepare();
    const blocker = await session();
    await blocker.query("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
    const running = dump.step("dump.sh");
    const waiting = "SELECT pid FROM pg_stat_activity WHERE application_name = 'lifeboat-dump' AND wait_event_type = 'Lock' LIMIT 1";
    let backend = "";
    await waitUntil(
      async () => {
        backend = (await server.superuser(waiting, "postgres")).trim();
        return backend !== "";
      },
      { timeoutMs: 30_000, intervalMs: 50, what: "the dump waits for a lock", process: server.process },
    );
    // A backend that dies by a signal takes every other one along: the server restarts by itself.
    process.kill(Number(backend), "SIGKILL");

    await failed(dump, running);

    await waitUntil(async () => (await server.superuser("SELECT 1", "postgres").catch(() => "")).trim() === "1", {
      timeoutMs: 30_000,
      intervalMs: 50,
      what: "the server is back",
      process: server.process,
    });
    const next = prepare();
    expect(await next.step("dump.sh")).toMatchObject({ code: 0 });
    expect(await verified(next)).toEqual([]);
  });

  it("when a table may not be read, and says which", async () => {
    await server.superuser("CREATE TABLE of_somebody_else (n int)");
    const dump = prepare();

    const output = await failed(dump, dump.step("dump.sh"));

    expect(output).toMatch(/permission denied for table of_somebody_else/);
    await server.superuser("DROP TABLE of_somebody_else");
  });

  it("when row security would hide rows", async () => {
    await server.superuser(
      `CREATE TABLE hidden (n int); INSERT INTO hidden VALUES (1); GRANT SELECT ON hidden TO ${server.user}; ALTER TABLE hidden ENABLE ROW LEVEL SECURITY`,
    );
    const dump = prepare();

    const output = await failed(dump, dump.step("dump.sh"));

    expect(output).toMatch(/query would be affected by row-level security policy for table "hidden"/);
    await server.superuser("DROP TABLE hidden");
  });

  it("when the server's certificate is of another authority, or the password is wrong", async () => {
    const certificate = join(folder, "other.pem");
    const subject = [
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "1",
      "-subj",
      "/CN=another authority",
    ];
    await run({ command: "openssl", args: ["req", ...subject, "-keyout", join(folder, "other.key"), "-out", certificate] });
    const stranger = prepare();
    stranger.giveCredentials({ username: server.user, password: server.password, ca: readFileSync(certificate, "utf8") });
    const refused = prepare();
    refused.giveCredentials({ username: server.user, password: "wrong", ca: server.ca });

    expect(await failed(stranger, stranger.step("dump.sh"))).toMatch(/certificate verify failed/);
    expect(await failed(refused, refused.step("dump.sh"))).toMatch(/password authentication failed/);
  });

  it("when the programs are older than the server", async () => {
    const dump = prepare();
    const shims = mkdtempSync(join(folder, "shims-"));
    // What pg_dump says of a newer server, with its exit code.
    const message = "pg_dump: error: aborting because of server version mismatch";
    writeFileSync(
      join(shims, "pg_dump"),
      `#!/bin/sh\n[ "$1" = --version ] && { echo 'pg_dump (PostgreSQL) 14.1'; exit; }\necho '${message}' >&2\nexit 1\n`,
    );
    chmodSync(join(shims, "pg_dump"), 0o755);

    expect(await failed(dump, dump.step("dump.sh", { path: [shims] }))).toContain("server version mismatch");
  });
});
