import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { waitUntil } from "../../local/process";
import { silentProgress } from "../../local/progress";
import type { DatabaseServer } from "../../local/rds/engine";
import { createDatabaseEngine, type LocalDatabaseEngine } from "../../local/rds/postgres";
import { ensurePostgres } from "../../local/toolchain/postgres";
import { pythonTool } from "../support/python-tool";

const PRIMARY = "us-east-1";
const RECOVERY = "eu-west-1";
const LAG_SECONDS = 2;
/** What a busy machine may add to a lag. */
const MARGIN_SECONDS = 3;
const SOURCE = { region: PRIMARY, resourceId: "db-SOURCE" };
const placedIn = (region: string) => ({ region, zone: `${region}a` });
const archiving = { shippingSeconds: 1, baseBackupIntervalSeconds: 86_400, retentionDays: 7 };
const master = { masterUsername: "owner", masterPassword: "correct horse", databaseName: "app" };

let folder: string;
let engine: LocalDatabaseEngine;
let source: DatabaseServer;
let replica: DatabaseServer;

const replicaOf = (resourceId: string, parameters = {}, lagSeconds = LAG_SECONDS) =>
  engine.createReplica({ ...placedIn(RECOVERY), resourceId, source: SOURCE, lagSeconds, parameters });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-replica-test-"));
  engine = await createDatabaseEngine({
    binDirectory: await ensurePostgres({ progress: silentProgress, environment: process.env, isRoot: process.getuid?.() === 0 }),
    python: join(dirname(await pythonTool("ministack")), "python"),
    dataRoot: join(folder, "rds"),
    logDirectory: join(folder, "logs"),
    now: () => new Date(),
    heartbeatSeconds: 1,
  });
  source = await engine.create({ ...placedIn(PRIMARY), ...SOURCE, ...master, parameters: { max_connections: "120" } });
  await withClient(source, (client) => client.query("CREATE TABLE commits (n int PRIMARY KEY)"));
  replica = await replicaOf("db-REPLICA", { max_connections: "60", work_mem: "8MB" });
}, 120_000);

afterAll(async () => {
  await engine?.stop();
  await rm(folder, { recursive: true, force: true });
});

const withClient = async <T>(server: Pick<DatabaseServer, "port">, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({
    host: "127.0.0.1",
    port: server.port,
    user: master.masterUsername,
    password: master.masterPassword,
    database: master.databaseName,
    ssl: { ca: readFileSync(engine.caFile, "utf8") },
  });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};
const answer = (server: DatabaseServer, sql: string): Promise<unknown> =>
  withClient(server, async (client) => Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0]);
const commit = (n: number): Promise<unknown> => withClient(source, (client) => client.query("INSERT INTO commits VALUES ($1)", [n]));
const numbersIn = (server: DatabaseServer): Promise<readonly number[]> =>
  withClient(server, async (client) => (await client.query<{ n: number }>("SELECT n FROM commits ORDER BY n")).rows.map(({ n }) => n));
const until = (what: string, probe: () => boolean | Promise<boolean>): Promise<void> =>
  waitUntil(probe, { what, timeoutMs: 30_000, intervalMs: 20 });
const arrival = (n: number, server = replica): Promise<void> =>
  until(`commit ${n} has arrived`, async () => (await numbersIn(server)).includes(n));
const streams = async (server: DatabaseServer): Promise<boolean> => (await server.replicaState())?.streaming === true;
const slots = (): Promise<unknown> =>
  answer(source, "SELECT coalesce(array_agg(slot_name::text ORDER BY slot_name), '{}') FROM pg_replication_slots");
const dataIn = (region: string): readonly string[] => {
  const directory = join(engine.root, "regions", region, "servers");
  return existsSync(directory) ? readdirSync(directory) : [];
};

describe("A read replica", () => {
  test("is read with TLS and the master's password, has its own parameters, and takes no writes", async () => {
    await commit(1);
    await arrival(1);

    expect(await answer(replica, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).toBe(true);
    expect(await answer(replica, "SHOW work_mem")).toBe("8MB");
    // Fewer than its source's would keep it from following.
    expect(await answer(replica, "SHOW max_connections")).toBe("120");
    await expect(answer(replica, "INSERT INTO commits VALUES (0)")).rejects.toThrow(/read-only transaction/);
    await expect(replica.setMasterPassword("other")).rejects.toThrow(/read-only/);
    expect(await answer(replica, "SHOW primary_conninfo")).not.toMatch(/password/);
    expect(replica).toMatchObject({ zone: "eu-west-1a", region: RECOVERY, running: true });
  });

  test("says how far it is behind, by the heartbeat of an idle source", async () => {
    // What was written while the replica still connected came at once.
    const connected = new Date(Date.now() + 2_000).toISOString();
    await until("a later heartbeat has arrived", async () =>
      Boolean(await answer(replica, `SELECT pg_last_xact_replay_timestamp() > '${connected}'`)),
    );
    let state = await replica.replicaState();
    await until("it is as late as it should be", async () => {
      state = await replica.replicaState();
      return state?.lagSeconds !== undefined && state.lagSeconds < LAG_SECONDS + MARGIN_SECONDS;
    });

    expect(state).toMatchObject({ source: SOURCE, streaming: true });
    expect(state?.lagSeconds).toBeGreaterThan(LAG_SECONDS);
    expect(await source.replicaState()).toBeUndefined();
    await expect(source.promote()).rejects.toThrow(/Only a read replica/);
  });

  test("follows again after its source was restarted or failed over, and after a region was lost for a while", async () => {
    await source.restart();
    await source.setStandby("us-east-1b");
    await source.failOver();
    await commit(2);
    await arrival(2);
    await source.setStandby(undefined);
    engine.suspend(RECOVERY);
    await until("it noticed", async () => !(await streams(replica)));
    await commit(3);
    const whileLost = await numbersIn(replica);
    engine.resume(RECOVERY);
    await arrival(3);

    expect(whileLost).toEqual([1, 2]);
    expect(await streams(replica)).toBe(true);
  });

  test("that is removed, or cannot be made, leaves nothing on either side", async () => {
    const second = await replicaOf("db-SECOND", {}, 3600);
    const before = await slots();
    // PostgreSQL alone would not shut down before the replica has all of it.
    await commit(4);
    await source.restart();

    const of = { source: { region: RECOVERY, resourceId: "db-SECOND" }, lagSeconds: 0, parameters: {} };
    await expect(engine.createReplica({ ...placedIn(PRIMARY), resourceId: "db-THIRD", ...of })).rejects.toThrow(/replica of a replica/);
    await second.remove();
    await expect(replicaOf("db-BAD", { shared_buffers: "200TB" })).rejects.toThrow(/shared_buffers|could not map|memory/i);
    engine.suspend(PRIMARY);
    await expect(replicaOf("db-BAD")).rejects.toThrow(/lost/);
    engine.resume(PRIMARY);

    expect(before).toEqual(["rds_replica_eu_west_1_db_replica", "rds_replica_eu_west_1_db_second"]);
    expect(await slots()).toEqual(["rds_replica_eu_west_1_db_replica"]);
    expect(dataIn(RECOVERY)).toEqual(["db-REPLICA"]);
    expect([PRIMARY, RECOVERY].map((region) => engine.servers(region).map(({ resourceId }) => resourceId))).toEqual([
      ["db-SOURCE"],
      ["db-REPLICA"],
    ]);
  });

  test("gives a snapshot that a database is made of", async () => {
    const snapshot = { region: RECOVERY, snapshotId: "of-replica" };
    await arrival(4);
    await engine.takeSnapshot({ ...snapshot, resourceId: "db-REPLICA" });

    const made = await engine.restoreSnapshot({ ...placedIn(RECOVERY), resourceId: "db-SNAPSHOT", snapshot, parameters: {} });

    await withClient(made, (client) => client.query("INSERT INTO commits VALUES (0)"));
    expect(await numbersIn(made)).toEqual([0, 1, 2, 3, 4]);
    await made.remove();
  });
});

describe("A promotion", () => {
  test("of a replica whose source runs: both take writes from then on, and the source keeps no WAL for it", async () => {
    const own = await replicaOf("db-OWN", {}, 0);

    await Promise.all([own.promote(), own.promote()]);
    expect(await answer(own, "SHOW max_connections")).toBe("100");

    await commit(5);
    await withClient(own, (client) => client.query("INSERT INTO commits VALUES (1000)"));
    expect(await numbersIn(own)).toEqual([1, 2, 3, 4, 1000]);
    expect(await own.replicaState()).toBeUndefined();
    await expect(own.promote()).rejects.toThrow(/Only a read replica/);
    await until("its slot is gone", async () => !String(await slots()).includes("db_own"));
    await own.remove();
  });

  test("loses what was under way when the source was killed, and no more, also when the whole region is gone", async () => {
    await replica.setArchiving(archiving);
    await until("it streams", () => streams(replica));
    const acknowledged = new Map<number, { readonly begun: number; readonly ended: number }>();
    await withClient(source, async (client) => {
      const first = performance.now();
      for (let n = 10; performance.now() < first + (LAG_SECONDS + MARGIN_SECONDS + 1) * 1000; n += 1) {
        const begun = performance.now();
        await client.query("INSERT INTO commits VALUES ($1)", [n]);
        acknowledged.set(n, { begun, ended: performance.now() });
      }
    });
    const killing = performance.now();
    await source.kill();
    const killed = performance.now();
    engine.suspend(PRIMARY);
    expect(await numbersIn(replica)).toContain(10);
    expect(await streams(replica)).toBe(false);
    await source.erase();
    await engine.eraseRegion(PRIMARY);

    await replica.promote();

    const found = new Set(await numbersIn(replica));
    const arrived = [...acknowledged].filter(([, { ended }]) => ended < killing - (LAG_SECONDS + MARGIN_SECONDS) * 1000);
    const lost = [...acknowledged].filter(([, { begun }]) => begun > killed - LAG_SECONDS * 1000);
    expect(arrived.length).toBeGreaterThan(0);
    expect(lost.length).toBeGreaterThan(0);
    expect(arrived.filter(([n]) => !found.has(n))).toEqual([]);
    expect(lost.filter(([n]) => found.has(n))).toEqual([]);
    // None is missing in between.
    expect([...found].filter((n) => n >= 10)).toEqual([...acknowledged.keys()].slice(0, [...found].filter((n) => n >= 10).length));
  });

  test("is for good: after a restart it takes writes, and its own backups are restored from", async () => {
    const id = { region: RECOVERY, resourceId: "db-REPLICA" };
    await replica.restart();
    await withClient(replica, (client) => client.query("INSERT INTO commits VALUES (100000)"));
    await replica.setMasterPassword(master.masterPassword);
    const now = new Date();
    await until("it can be restored", () => (engine.chain(id)?.window?.latest ?? new Date(0)) >= now);

    const restored = await engine.restoreToTime({
      ...placedIn(RECOVERY),
      resourceId: "db-RESTORED",
      chain: id,
      time: undefined,
      parameters: {},
    });

    expect(await answer(replica, "SELECT pg_is_in_recovery()")).toBe(false);
    expect(await answer(replica, "SHOW max_connections")).toBe("60");
    expect(await answer(replica, "SHOW primary_conninfo")).toBe("");
    expect(await numbersIn(restored)).toContain(100000);
    expect(await restored.replicaState()).toBeUndefined();
  });
});
