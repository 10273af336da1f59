import { setTimeout as sleep } from "node:timers/promises";
import { postgresReady } from "../../lambdas/postgres-ready/ready";
import { restoredServer } from "../../lambdas/postgres-ready/server";
import { connectDatabase } from "../../lambdas/shared/database";
import { deadlineOf } from "../../lambdas/shared/deadline";
import { recoveryResultKey } from "../../recovery/catalogue/keys";
import type { DatabaseEndpoint } from "../../recovery/catalogue/standing";
import { MemoryObjects } from "../support/memory-objects";
import { startTestPostgres, type TestPostgres } from "../support/postgres-server";
import { SYSTEM } from "../unit/lambdas/support/chroma-point";
import { planDatabase } from "../unit/lambdas/support/database-plan";
import { memoryLog } from "../unit/lambdas/support/log";

// What PostgreSQL itself decides: TLS, passwords, recovery, locks, catalogues, sequences.
jest.setTimeout(120_000);

let source: TestPostgres;
/** The source as of this time. */
let asOf: Date;
let restored: TestPostgres;
const stopping: TestPostgres[] = [];

beforeAll(async () => {
  source = await startTestPostgres();
  await source.superuser(`
    CREATE SCHEMA sales AUTHORIZATION ${source.user};
    SET ROLE ${source.user};
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text NOT NULL);
    CREATE SEQUENCE line_ids;
    CREATE TABLE sales."order lines" (id bigint PRIMARY KEY DEFAULT nextval('line_ids'), order_id bigint NOT NULL REFERENCES orders (id));
    CREATE TABLE events (at date NOT NULL, n serial) PARTITION BY RANGE (at);
    CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders WITH NO DATA;
    RESET ROLE;
    CREATE TABLE public.of_somebody_else (n int);
  `);
  await source.superuser("CREATE DATABASE archive", "postgres");
  await source.superuser("CREATE TABLE kept (n int); GRANT SELECT ON kept TO PUBLIC", "archive");
  await source.baseBackup();
  await source.superuser("INSERT INTO orders (note) SELECT 'before' FROM generate_series(1, 50)");
  asOf = new Date(
    (await source.superuser("SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")).trim(),
  );
  await sleep(20);
  await source.superuser("INSERT INTO orders (note) VALUES ('after')");
  await source.archiveNow();
  restored = await source.restoreTo(asOf);
});
afterAll(async () => {
  for (const server of [...stopping, restored]) await server?.stop();
  await source?.stop();
});

const endpointOf = ({ host, port, database }: TestPostgres): DatabaseEndpoint => ({ host, port, database, secretArn: "arn:secret" });

interface Asked {
  readonly password?: string;
  readonly ca?: string;
  readonly engineVersion?: string;
  readonly remainingMs?: number;
}

const prepare = (server: TestPostgres, { password, ca, engineVersion = "15.10", remainingMs = 60_000 }: Asked = {}) => {
  const endpoint = endpointOf(server);
  const vault = new MemoryObjects("vault", () => new Date());
  planDatabase(vault, "r-1", asOf.toISOString(), engineVersion);
  const until = Date.now() + remainingMs;
  const login = { username: server.user, password: password ?? server.password };
  const connection = { authorities: ca ?? source.ca, connectWithinMs: 5000, answerWithinMs: 20_000 };
  const run = () =>
    postgresReady(
      {
        system: SYSTEM,
        vault,
        server: restoredServer(({ host, port }, database) => connectDatabase({ host, port, ...login, database }, connection), endpoint),
        now: () => new Date(),
        pause: (ms) => sleep(ms),
        deadline: deadlineOf(() => until - Date.now(), 0),
        log: memoryLog().log,
      },
      { recoveryId: "r-1", endpoint },
    );
  return { run, vault };
};

describe("a database that was restored to a time", () => {
  it("passes: every readable table of every database has answered, over verified TLS, as a user who is no superuser", async () => {
    const { run, vault } = prepare(restored);

    const result = await run();

    // The partition takes its number from its parent's sequence: a column without an index, in both.
    // In its own database two tables and a partition; in the archive one. The unpopulated view and the partitioned parent hold nothing.
    expect(result.tables).toBe(4);
    expect(result.serverVersion).toMatch(/^15\./);
    expect(result.checks.map(({ name, actual, passed }) => [name, passed, actual])).toEqual([
      ["recovery", true, "ended, and writes are taken"],
      ["major release", true, "15"],
      ["newest commit", true, "not known: the server keeps no commit times"],
      ["tables that answer", true, "4, not known of 1, which the master user may not read"],
      ["invalid indexes", true, "0"],
      ["constraints not validated", true, "0"],
      ["sequences behind their columns", true, expect.stringMatching(/^0, not looked at: 2 without an index/)],
    ]);
    const times = [result.startedAt, result.connectedAt, result.recoveryEndedAt, result.usableAt].map((time) => Date.parse(time));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(JSON.parse(vault.text(recoveryResultKey("r-1", "postgres")) ?? "")).toEqual(result);
    expect((await restored.superuser("SELECT count(*) FROM pg_class WHERE relname = 'lifeboat_probe'")).trim()).toBe("0");
    expect((await restored.superuser("SELECT count(*) FROM orders WHERE note = 'after'")).trim()).toBe("0");
  });

  it("does not know the newest commit of a server that keeps no commit times, and says so", async () => {
    const { run } = prepare(source);

    const { checks } = await run();

    expect(checks.find(({ name }) => name === "newest commit")?.actual).toMatch(/^not known/);
  });

  it("refuses another major release than was backed up", async () => {
    await expect(prepare(restored, { engineVersion: "14.9" }).run()).rejects.toThrow("major release: expected 14, actual 15");
  });
});

describe("a connection", () => {
  it("is refused by a server with a certificate of another authority", async () => {
    const other = await startTestPostgres();
    stopping.push(other);

    await expect(prepare(restored, { ca: other.ca }).run()).rejects.toThrow(/certificate|signature/);
  });

  it("is refused without TLS", async () => {
    const plain = await startTestPostgres({ tls: false });
    stopping.push(plain);

    await expect(prepare(plain).run()).rejects.toThrow("does not support SSL");
  });

  it("waits for a password that is set later, and stops in time when it never is", async () => {
    const { run, vault } = prepare(source, { password: "set later" });
    const change = sleep(700).then(() => source.superuser(`ALTER ROLE ${source.user} PASSWORD 'set later'`, "postgres"));

    const result = await run();
    await change;

    expect(result.passed).toBe(true);
    await expect(prepare(source, { password: "never", remainingMs: 1500 }).run()).rejects.toMatchObject({
      code: "interrupted",
      message: expect.stringContaining("password authentication failed"),
    });
    expect(vault.keysUnder("catalogue/recoveries/r-1/")).toContain(recoveryResultKey("r-1", "postgres"));
    await source.superuser(`ALTER ROLE ${source.user} PASSWORD '${source.password.replaceAll("'", "''")}'`, "postgres");
  });
});

describe("damage", () => {
  let damaged: TestPostgres;
  beforeAll(async () => {
    damaged = await source.restoreTo(new Date(asOf.getTime() + 1));
    stopping.push(damaged);
  });

  const refusal = async () => {
    const thrown: unknown = await prepare(damaged)
      .run()
      .catch((error: unknown) => error);
    return thrown instanceof Error ? thrown.message : "nothing was thrown";
  };

  it("names sequences that would collide, constraints that were never validated and indexes that no query may use", async () => {
    await damaged.superuser(`
      INSERT INTO orders OVERRIDING SYSTEM VALUE VALUES (1000, 'with a key of its own');
      INSERT INTO sales."order lines" VALUES (7, 1), (9, 1);
      ALTER TABLE orders ADD CONSTRAINT short CHECK (length(note) < 3) NOT VALID;
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'sales."order lines_pkey"'::regclass;
    `);

    const message = await refusal();

    expect(message).toContain("sequences behind their columns: expected 0, actual 1, shop: public.orders_id_seq of public.orders.id");
    expect(message).toMatch(/next is \d+, the column holds 1000/);
    expect(message).toContain("constraints not validated: expected 0, actual 1, shop: short on orders");
    expect(message).toContain('invalid indexes: expected 0, actual 1, shop: sales."order lines_pkey"');
    await damaged.superuser(`UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'sales."order lines_pkey"'::regclass`);
    expect(await refusal()).toContain("actual 2, shop: public.orders_id_seq of public.orders.id");
  });

  it("names a table whose file cannot be read", async () => {
    await damaged.superuser(`
      CREATE TABLE lost (n int); ALTER TABLE lost OWNER TO ${damaged.user}; INSERT INTO lost VALUES (1); CHECKPOINT;
    `);
    await damaged.superuser("UPDATE pg_class SET relfilenode = 4000000000 WHERE relname = 'lost'");

    expect(await refusal()).toMatch(/tables that answer: expected 5, actual 4, shop: public\.lost: could not open file/);
  });
});
