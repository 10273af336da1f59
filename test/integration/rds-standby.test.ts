import { chmodSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { waitUntil } from "../../local/process";
import { silentProgress } from "../../local/progress";
import { type Entry, parseIndex } from "../../local/rds/backups/entries";
import type { ChainId, DatabaseServer } from "../../local/rds/engine";
import { createDatabaseEngine, type LocalDatabaseEngine } from "../../local/rds/postgres";
import { treeOf } from "../../local/rds/postgres/process-tree";
import { ensurePostgres } from "../../local/toolchain/postgres";
import { pythonTool } from "../support/python-tool";

const REGION = "us-east-1";
const RECOVERY = "eu-west-1";
const [ZONE_A, ZONE_B] = ["us-east-1a", "us-east-1b"];
const SOURCE: ChainId = { region: REGION, resourceId: "db-PAIR" };
const archiving = { shippingSeconds: 1, baseBackupIntervalSeconds: 86_400, retentionDays: 7 };
const master = { masterUsername: "owner", masterPassword: "correct horse", databaseName: "app" };

let folder: string;
let engine: LocalDatabaseEngine;
let server: DatabaseServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-standby-test-"));
  const isRoot = process.getuid?.() === 0;
  engine = await createDatabaseEngine({
    binDirectory: await ensurePostgres({ progress: silentProgress, environment: process.env, isRoot }),
    python: join(dirname(await pythonTool("ministack")), "python"),
    dataRoot: join(folder, "rds"),
    logDirectory: join(folder, "logs"),
    now: () => new Date(),
  });
  server = await engine.create({
    ...{ ...SOURCE, ...master, archiving, zone: ZONE_A, standbyZone: ZONE_B },
    parameters: { track_commit_timestamp: "1", work_mem: "6MB" },
  });
  await withClient((client) => client.query("CREATE TABLE commits (n int PRIMARY KEY)"));
}, 120_000);

afterAll(async () => {
  await engine?.stop();
  await rm(folder, { recursive: true, force: true });
});

const connect = async (to: Pick<DatabaseServer, "port"> = server): Promise<Client> => {
  const ssl = { ca: readFileSync(engine.caFile, "utf8") };
  const client = new Client({ host: "127.0.0.1", port: to.port, user: "owner", password: master.masterPassword, database: "app", ssl });
  client.on("error", () => undefined);
  await client.connect();
  return client;
};
const withClient = async <T>(work: (client: Client) => Promise<T>, to: Pick<DatabaseServer, "port"> = server): Promise<T> => {
  const client = await connect(to);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
};
const answer = async (client: Client, sql: string): Promise<unknown> =>
  Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
const numbersIn = (of: DatabaseServer = server): Promise<readonly number[]> =>
  withClient(async (client) => (await client.query<{ n: number }>("SELECT n FROM commits ORDER BY n")).rows.map(({ n }) => n), of);
const insert = (n: number): Promise<unknown> => withClient((client) => client.query("INSERT INTO commits VALUES ($1)", [n]));
const until = (what: string, probe: () => boolean | Promise<boolean>): Promise<void> =>
  waitUntil(probe, { what, timeoutMs: 30_000, intervalMs: 20 });
const synchronousIn = (zone: string): Promise<void> =>
  until(`a commit waits for a standby in ${zone}`, () => server.standby?.zone === zone && server.standby.synchronous);
const serverClock = async (): Promise<Date> => {
  const at = await withClient((client) => answer(client, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"));
  // Whole milliseconds, and what is committed next is later.
  await sleep(5);
  return new Date(Number(at) + 1);
};
const shipped = (): Promise<void> => {
  const now = new Date();
  return until("it can be restored", () => (engine.chain(SOURCE)?.window?.latest ?? new Date(0)) >= now);
};
const chainFolder = (of: string): string => join(engine.root, "regions", REGION, "chains", SOURCE.resourceId, of);
const statusFolder = (): string => join(server.dataDirectory, "pg_wal", "archive_status");
const entries = (): readonly Entry[] => parseIndex(readFileSync(chainFolder("index.jsonl"))).entries;

/** Commits one number after the other, and comes back after every broken connection. */
const startWriter = (from: number) => {
  const acknowledged: number[] = [];
  let stopped = false;
  const write = async (): Promise<void> => {
    let n = from;
    while (!stopped) {
      try {
        await withClient(async (client) => {
          for (; !stopped; n += 1) {
            // One that was committed without an answer is there already.
            await client.query("INSERT INTO commits VALUES ($1) ON CONFLICT DO NOTHING", [n]);
            acknowledged.push(n);
          }
        });
      } catch {
        await sleep(10);
      }
    }
  };
  const running = write();
  return {
    acknowledged,
    stop: async (): Promise<readonly number[]> => {
      stopped = true;
      await running;
      return acknowledged;
    },
  };
};

const events: { from: string; to: string; reason: string }[] = [];
let beforeFailover: Date;
let afterFailover: Date;

test("is there with its standby when it is made: commits wait for it", async () => {
  server.onFailover((event) => events.push(event));
  const found = await withClient(async (client) => ({
    names: await answer(client, "SHOW synchronous_standby_names"),
    synced: await answer(client, "SELECT array_agg(sync_state) FROM pg_stat_replication"),
  }));

  expect(server).toMatchObject({ zone: ZONE_A, running: true, standby: { zone: ZONE_B, synchronous: true } });
  expect(found.names).toBe("rds_standby");
  expect(existsSync(join(server.standby?.dataDirectory ?? "", "standby.signal"))).toBe(true);
  await expect(
    engine.create({ ...SOURCE, resourceId: "db-SAME", ...master, parameters: {}, zone: ZONE_A, standbyZone: ZONE_A }),
  ).rejects.toThrow(/another availability zone/);
});

test("loses no acknowledged commit with its zone, and goes on at the same port", async () => {
  await until("the first base backup is there", () => engine.chain(SOURCE)?.window !== undefined);
  const [port, pid, directory, standbyDirectory] = [server.port, server.pid, server.dataDirectory, server.standby?.dataDirectory];
  const writer = startWriter(1);
  await until("it writes", () => writer.acknowledged.length > 200);
  beforeFailover = await serverClock();
  // What the primary could not archive before it died, the standby has.
  chmodSync(chainFolder("spool"), 0o500);
  await until("a segment waits to be archived", () => readdirSync(statusFolder()).some((name) => /^[0-9A-F]{24}.ready$/.test(name)));
  const unarchived = readdirSync(statusFolder()).flatMap((name) => (name.endsWith(".ready") ? [name.slice(0, -".ready".length)] : []));
  const written = writer.acknowledged.length;
  await until("it writes on", () => writer.acknowledged.length > written + 200);

  const killed = await engine.loseZone(REGION, ZONE_A);
  chmodSync(chainFolder("spool"), 0o700);

  await until("it failed over", () => events.length === 1);
  const atFailover = writer.acknowledged.length;
  await until("it writes again", () => writer.acknowledged.length > atFailover + 100);
  afterFailover = await serverClock();
  await until("it writes on", () => writer.acknowledged.length > atFailover + 200);
  const acknowledged = await writer.stop();
  expect(killed).toEqual([pid]);
  expect(events).toEqual([{ from: ZONE_A, to: ZONE_B, reason: "primary lost" }]);
  expect(server).toMatchObject({ port, zone: ZONE_B, running: true, dataDirectory: standbyDirectory });
  expect(server.pid).not.toBe(pid);
  expect(server.standby).toBeUndefined();
  expect(existsSync(directory)).toBe(true);
  const held = new Set(await numbersIn());
  expect(acknowledged.filter((n) => !held.has(n))).toEqual([]);
  expect(await withClient((client) => answer(client, "SHOW work_mem"))).toBe("6MB");
  expect(unarchived.length).toBeGreaterThan(0);
  await shipped();
  const archived = entries().flatMap((each) => (each.kind === "segment" ? [each.name] : []));
  expect(unarchived.filter((name) => !archived.includes(name))).toEqual([]);
});

test("nothing is made in a zone without power: the refusal names it", async () => {
  const lost = { region: REGION, resourceId: "db-LOST", ...master, parameters: {}, zone: ZONE_A };

  await expect(engine.create(lost)).rejects.toThrow(new RegExp(ZONE_A));
  await expect(engine.create({ ...lost, zone: ZONE_B, standbyZone: ZONE_A })).rejects.toThrow(/without power/);
  await expect(engine.restoreToTime({ ...lost, chain: SOURCE, time: undefined })).rejects.toThrow(/without power/);
  await expect(server.failOver()).rejects.toThrow(/no standby/);
});

test("gets a new standby when the zone is back, and commits wait for it again", async () => {
  await engine.resumeZone(REGION, ZONE_A);

  expect(server.standby).toMatchObject({ zone: ZONE_A, synchronous: true });
  const frozen = await treeOf(server.standby?.pid ?? 0);
  for (const each of frozen) process.kill(each, "SIGSTOP");
  let committed = false;
  const committing = insert(-1).then(() => {
    committed = true;
  });
  await sleep(300);
  const whileFrozen = committed;
  for (const each of frozen) process.kill(each, "SIGCONT");
  await committing;
  expect(whileFrozen).toBe(false);
});

test("a standby that dies holds up no commit, and another one is made", async () => {
  const dead = server.standby?.pid ?? 0;

  process.kill(dead, "SIGKILL");

  for (let n = -100; n < -90; n += 1) await insert(n);
  await until("the dead one is noticed", () => server.standby?.pid !== dead);
  await synchronousIn(ZONE_A);
  expect(server.standby?.pid).not.toBe(dead);
  expect(events).toHaveLength(1);
});

test("fails over on purpose: no commit is lost, and the old primary's zone has the standby", async () => {
  const port = server.port;
  const writer = startWriter(100_000);
  await until("it writes", () => writer.acknowledged.length > 100);

  await server.failOver();

  const atFailover = writer.acknowledged.length;
  await until("it writes again", () => writer.acknowledged.length > atFailover + 50);
  const acknowledged = await writer.stop();
  expect(events.at(-1)).toEqual({ from: ZONE_B, to: ZONE_A, reason: "asked" });
  expect(server).toMatchObject({ port, zone: ZONE_A });
  const held = new Set(await numbersIn());
  expect(acknowledged.filter((n) => !held.has(n))).toEqual([]);
  await synchronousIn(ZONE_B);
});

test("is restored to a time before its failovers and to one after", async () => {
  await insert(200_000);
  await shipped();
  const times = await withClient(async (client) => {
    const { rows } = await client.query<{ n: number; at: string }>(
      "SELECT n, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint::text AS at FROM commits ORDER BY n",
    );
    return new Map(rows.map(({ n, at }) => [n, BigInt(at)]));
  });
  const expectedAt = (time: Date) => [...times].filter(([, at]) => at <= BigInt(time.getTime()) * 1000n).map(([n]) => n);
  const restored = async (resourceId: string, time: Date | undefined) => {
    const made = await engine.restoreToTime({ region: REGION, resourceId, chain: SOURCE, time, parameters: {}, zone: ZONE_A });
    const numbers = await numbersIn(made);
    await made.remove();
    return numbers;
  };

  const [before, after, newest] = await Promise.all([
    restored("db-BEFORE", beforeFailover),
    restored("db-AFTER", afterFailover),
    restored("db-NEWEST", undefined),
  ]);

  expect(engine.chain(SOURCE)?.window?.gaps).toEqual([]);
  expect(new Set(entries().flatMap((each) => (each.kind === "history" ? [each.name] : [])))).toEqual(
    new Set(["00000002.history", "00000003.history"]),
  );
  expect(entries().filter((each) => each.kind === "base")).toHaveLength(1);
  expect(before).toEqual(expectedAt(beforeFailover));
  expect(after).toEqual(expectedAt(afterFailover));
  expect(before.length).toBeGreaterThan(200);
  expect(after.length).toBeGreaterThan(before.length + 200);
  expect(newest).toContain(200_000);
});

test("becomes Single-AZ and Multi-AZ again; without a standby it is down as long as its zone", async () => {
  await server.setStandby(undefined);
  expect(server.standby).toBeUndefined();
  expect(await withClient((client) => answer(client, "SHOW synchronous_standby_names"))).toBe("");
  const { pid, port } = server;

  await engine.loseZone(REGION, ZONE_A);
  expect(server.running).toBe(false);
  await expect(server.restart()).rejects.toThrow(new RegExp(ZONE_A));
  await engine.resumeZone(REGION, ZONE_A);

  expect(server).toMatchObject({ running: true, zone: ZONE_A, port });
  expect(server.pid).not.toBe(pid);
  expect(await numbersIn()).toContain(200_000);
  await server.setStandby(ZONE_B);
  expect(server.standby).toMatchObject({ zone: ZONE_B, synchronous: true });
  expect(events).toHaveLength(2);
});

test("is taken over by a standby that was lost with it, when that one's zone is back first", async () => {
  await insert(300_000);
  await Promise.all([engine.loseZone(REGION, ZONE_B), engine.loseZone(REGION, ZONE_A)]);
  expect(server).toMatchObject({ running: false, standby: undefined });

  await engine.resumeZone(REGION, ZONE_B);

  expect(server).toMatchObject({ running: true, zone: ZONE_B });
  expect(events.at(-1)).toEqual({ from: ZONE_A, to: ZONE_B, reason: "primary lost" });
  expect(await numbersIn()).toContain(300_000);
  await engine.resumeZone(REGION, ZONE_A);
  expect(server.standby).toMatchObject({ zone: ZONE_A, synchronous: true });
});

test("is not taken over by a standby that lacks a commit: it is down until its own zone is back", async () => {
  const count = events.length;
  await engine.loseZone(REGION, ZONE_A);
  await insert(350_000);
  await engine.loseZone(REGION, ZONE_B);

  await engine.resumeZone(REGION, ZONE_A);
  expect(server).toMatchObject({ running: false, zone: ZONE_B });
  await engine.resumeZone(REGION, ZONE_B);

  expect(server).toMatchObject({ running: true, zone: ZONE_B });
  expect(events).toHaveLength(count);
  expect(await numbersIn()).toContain(350_000);
  expect(server.standby).toMatchObject({ zone: ZONE_A, synchronous: true });
});

test("a replica in the other region goes on after a failover of its source", async () => {
  const replica = await engine.createReplica({
    ...{ region: RECOVERY, resourceId: "db-REPLICA", zone: "eu-west-1a", source: SOURCE },
    ...{ lagSeconds: 0, parameters: {} },
  });
  const arrival = (n: number) => until(`${n} has arrived`, async () => (await numbersIn(replica)).includes(n));
  await insert(400_000);
  await arrival(400_000);

  await engine.loseZone(REGION, server.zone);
  await until("it failed over", () => events.length === 4);
  await insert(400_001);

  await arrival(400_001);
  expect(await replica.replicaState()).toMatchObject({ streaming: true, source: SOURCE });
  expect(await numbersIn(replica)).toEqual(await numbersIn());
  await expect(replica.setStandby("eu-west-1b")).rejects.toThrow(/read replica/);
  await engine.resumeZone(REGION, ZONE_A);
  await engine.resumeZone(REGION, ZONE_B);
  await replica.remove();
});

test("is killed with its standby in a disaster of the region, does not fail over, and is erased with it", async () => {
  const [count, pids] = [events.length, [server.pid, server.standby?.pid ?? 0]];
  const directories = [server.dataDirectory, server.standby?.dataDirectory ?? ""];

  await server.kill();

  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  expect(server.running).toBe(false);
  expect(server.standby).toBeUndefined();
  expect(events).toHaveLength(count);
  expect(directories.map((each) => existsSync(each))).toEqual([true, true]);
  await server.erase();
  expect(directories.map((each) => existsSync(each))).toEqual([false, false]);
});
