import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { waitUntil } from "../../local/process";
import { silentProgress } from "../../local/progress";
import { type Entry, parseIndex } from "../../local/rds/backups/entries";
import { type ChainId, type DatabaseServer, RestoreRefused, type RestoreToTime } from "../../local/rds/engine";
import { createDatabaseEngine, type LocalDatabaseEngine } from "../../local/rds/postgres";
import { treeOf } from "../../local/rds/postgres/process-tree";
import { ensurePostgres } from "../../local/toolchain/postgres";
import { pythonTool } from "../support/python-tool";

const PRIMARY = "us-east-1";
const RECOVERY = "eu-west-1";
const LAG_SECONDS = 2;
const SOURCE: ChainId = { region: PRIMARY, resourceId: "db-SOURCE" };
const REPLICA: ChainId = { region: RECOVERY, resourceId: "db-SOURCE" };
const placedIn = (region: string) => ({ region, zone: `${region}a` });
const archiving = { shippingSeconds: 1, baseBackupIntervalSeconds: 86_400, retentionDays: 7 };
const master = { masterUsername: "owner", masterPassword: "correct horse", databaseName: "app" };

let folder: string;
let engine: LocalDatabaseEngine;
let source: DatabaseServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lifeboat-engine-test-"));
  const isRoot = process.getuid?.() === 0;
  engine = await createDatabaseEngine({
    binDirectory: await ensurePostgres({ progress: silentProgress, environment: process.env, isRoot }),
    python: join(dirname(await pythonTool("ministack")), "python"),
    dataRoot: join(folder, "rds"),
    logDirectory: join(folder, "logs"),
    now: () => new Date(),
  });
  const parameters = { track_commit_timestamp: "1", "rds.force_ssl": "1" };
  source = await engine.create({ ...placedIn(PRIMARY), ...SOURCE, ...master, archiving, parameters });
  engine.replicateChain(SOURCE, RECOVERY, LAG_SECONDS);
}, 120_000);

afterAll(async () => {
  await engine?.stop();
  await rm(folder, { recursive: true, force: true });
});

type Settings = { readonly user?: string; readonly password?: string; readonly database?: string; readonly tls?: boolean };

const connect = async (
  server: Pick<DatabaseServer, "port">,
  { user = "owner", password = master.masterPassword, database = "app", tls = true }: Settings = {},
) => {
  const ssl = tls ? { ca: readFileSync(engine.caFile, "utf8") } : false;
  const client = new Client({ host: "127.0.0.1", port: server.port, user, password, database, ssl });
  client.on("error", () => undefined);
  await client.connect();
  return client;
};

const withClient = async <T>(
  server: Pick<DatabaseServer, "port">,
  work: (client: Client) => Promise<T>,
  settings?: Settings,
): Promise<T> => {
  const client = await connect(server, settings);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};
const answer = async (client: Client, sql: string): Promise<unknown> =>
  Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
const numbersIn = (server: DatabaseServer): Promise<readonly number[]> =>
  withClient(server, async (client) => (await client.query<{ n: number }>("SELECT n FROM commits ORDER BY n")).rows.map(({ n }) => n));

/** Commits one by one, and what the server's own clock says of each, microseconds. */
const commit = (from: number, to: number): Promise<ReadonlyMap<number, bigint>> =>
  withClient(source, async (client) => {
    await client.query("CREATE TABLE IF NOT EXISTS commits (n int PRIMARY KEY)");
    for (let n = from; n <= to; n += 1) await client.query("INSERT INTO commits VALUES ($1)", [n]);
    const { rows } = await client.query<{ n: number; at: string }>(
      "SELECT n, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint::text AS at FROM commits WHERE n BETWEEN $1 AND $2",
      [from, to],
    );
    return new Map(rows.map(({ n, at }) => [n, BigInt(at)]));
  });
const toDate = (micros: bigint | undefined): Date => new Date(Number((micros ?? 0n) / 1000n));
const until = (what: string, probe: () => boolean): Promise<void> => waitUntil(probe, { what, timeoutMs: 30_000, intervalMs: 20 });
const latestOf = (id: ChainId): Date => engine.chain(id)?.window?.latest ?? new Date(0);
/** All that was committed by now can be restored in a region. */
const shipped = (id: ChainId): Promise<void> => {
  const now = new Date();
  return until(`${id.region} can restore it`, () => latestOf(id) >= now);
};

const chainFolder = ({ region, resourceId }: ChainId): string => join(engine.root, "regions", region, "chains", resourceId);
const entriesOf = (id: ChainId): readonly Entry[] => parseIndex(readFileSync(join(chainFolder(id), "index.jsonl"))).entries;
const namesIn = (directory: string): readonly string[] => (existsSync(directory) ? readdirSync(directory) : []);
/** Everything that a restore could have made in a region. */
const madeIn = (region: string) => ({
  servers: engine.servers(region).map(({ resourceId }) => resourceId),
  data: namesIn(join(engine.root, "regions", region, "servers")),
  recovering: namesIn(join(engine.root, "regions", region, "recovering")),
  chains: namesIn(join(engine.root, "regions", region, "chains")),
});
const refusalOf = async (work: Promise<unknown>): Promise<RestoreRefused> => {
  const thrown = await work.then(
    () => new Error("it was not refused"),
    (error: unknown) => error,
  );
  if (thrown instanceof RestoreRefused) return thrown;
  throw thrown;
};
const restore = (chain: ChainId, resourceId: string, time: Date | undefined, more: Partial<RestoreToTime> = {}) =>
  engine.restoreToTime({ ...placedIn(chain.region), resourceId, chain, time, parameters: {}, ...more });

/** Changes one byte in the middle of a file; the answer puts it back. */
const corrupt = (file: string): (() => void) => {
  const whole = readFileSync(file);
  const changed = Buffer.from(whole);
  const at = Math.floor(Math.min(changed.length, 16_384) / 2);
  changed.writeUInt8((changed.readUInt8(at) + 1) % 256, at);
  writeFileSync(file, changed);
  return () => writeFileSync(file, whole);
};

describe("A database", () => {
  test("belongs to a master user who is no superuser", async () => {
    const found = await withClient(source, async (client) => ({
      superuser: await answer(client, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"),
      superusers: await answer(client, "SELECT array_agg(rolname::text) FROM pg_roles WHERE rolsuper"),
      monitors: await answer(
        client,
        "SELECT pg_has_role(current_user, 'pg_monitor', 'member') AND pg_has_role(current_user, 'rds_superuser', 'member')",
      ),
      owner: await answer(client, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"),
      extension: await client.query("CREATE EXTENSION pgcrypto").then(() => answer(client, "SELECT length(gen_salt('md5')) > 0")),
      role: await client
        .query("CREATE ROLE reader LOGIN PASSWORD 'reading'")
        .then(() => answer(client, "SELECT count(*)::int FROM pg_roles WHERE rolname = 'reader'")),
    }));

    expect(found).toEqual({ superuser: false, superusers: ["rdsadmin"], monitors: true, owner: "owner", extension: true, role: 1 });
    await withClient(source, async (client) => {
      await expect(client.query("SELECT rolpassword FROM pg_authid")).rejects.toThrow(/permission denied for table pg_authid/);
      await expect(client.query("ALTER ROLE rdsadmin PASSWORD 'mine'")).rejects.toThrow(/must be superuser/);
      await expect(client.query("ALTER SYSTEM SET archive_command = 'false'")).rejects.toThrow(/permission denied/);
    });
  });

  test("is reached with TLS and the right password only, and its own service's database not at all", async () => {
    await expect(connect(source, { tls: false })).rejects.toThrow(/no encryption/);
    await expect(connect(source, { password: "wrong" })).rejects.toThrow(/password authentication failed/);
    await expect(connect(source, { user: "rdsadmin" })).rejects.toThrow(/password authentication failed/);
    await expect(connect(source, { database: "rdsadmin" })).rejects.toThrow(/rejects connection/);
  });

  test("takes a new master password", async () => {
    await source.setMasterPassword("battery staple");

    await expect(connect(source)).rejects.toThrow(/password authentication failed/);
    await withClient(source, (client) => client.query("SELECT 1"), { password: "battery staple" });
    await source.setMasterPassword(master.masterPassword);
  });

  test("says which parameters wait for a restart, and keeps the old ones when one is wrong", async () => {
    const parameters = { track_commit_timestamp: "1", work_mem: "8MB", max_connections: "50" };

    await expect(source.applyParameters({ ...parameters, work_mem: "much" })).rejects.toThrow(/invalid value for parameter "work_mem"/);
    await expect(source.applyParameters({ ...parameters, archive_command: "false" })).rejects.toThrow(/archive_command cannot be set/);
    expect(await source.applyParameters(parameters)).toEqual(["max_connections"]);
    expect(await withClient(source, (client) => answer(client, "SHOW work_mem"))).toBe("8MB");
    const port = source.port;
    await source.restart();

    expect(source.port).toBe(port);
    expect(await withClient(source, (client) => answer(client, "SHOW max_connections"))).toBe("50");
    expect(await source.applyParameters({ ...parameters, "rds.force_ssl": "0" })).toEqual([]);
    await withClient(source, (client) => client.query("SELECT 1"), { tls: false });
    await source.applyParameters(parameters);
  });

  test("that cannot be made leaves nothing", async () => {
    const before = madeIn(PRIMARY);

    const making = engine.create({ ...placedIn(PRIMARY), resourceId: "db-BAD", ...master, parameters: { shared_buffers: "200TB" } });

    await expect(making).rejects.toThrow(/shared_buffers|could not map|memory/i);
    expect(madeIn(PRIMARY)).toEqual(before);
  });
});

describe("A restore to a time", () => {
  test("holds every commit up to it and none after", async () => {
    await until("the first base backup is there", () => engine.chain(SOURCE)?.window !== undefined);
    const times = await commit(1, 300);
    const time = toDate(times.get(200));
    await shipped(SOURCE);

    const restored = await restore(SOURCE, "db-EXACT", time);

    const expected = [...times].filter(([, at]) => at <= BigInt(time.getTime()) * 1000n).map(([n]) => n);
    expect(expected.length).toBeGreaterThan(100);
    expect(expected.length).toBeLessThan(300);
    expect(await numbersIn(restored)).toEqual(expected);
    expect(await withClient(restored, (client) => answer(client, "SELECT pg_is_in_recovery()"))).toBe(false);
    await restored.remove();
  });

  test("goes to the newest one when none is named, also when nothing was written since", async () => {
    const times = await commit(301, 320);
    await shipped(SOURCE);
    await until("a quiet second has passed", () => {
      const last = entriesOf(SOURCE).at(-1);
      return last?.kind === "mark" && last.idle;
    });
    await shipped(SOURCE);

    const restored = await restore(SOURCE, "db-NEWEST", undefined, { archiving });

    expect(Math.max(...(await numbersIn(restored)))).toBe(Math.max(...times.keys()));
    await restored.takeBaseBackup();
    const second = await restore({ region: PRIMARY, resourceId: "db-NEWEST" }, "db-SECOND", undefined);
    expect(await numbersIn(second)).toEqual(await numbersIn(restored));
    await Promise.all([restored.remove(), second.remove()]);
    await engine.deleteChain({ region: PRIMARY, resourceId: "db-NEWEST" });
  });

  test("is refused outside the window, with the window, and nothing is made", async () => {
    const before = madeIn(PRIMARY);
    const window = engine.chain(SOURCE)?.window;
    const future = await refusalOf(restore(SOURCE, "db-FUTURE", new Date(Date.now() + 3600_000)));
    const past = await refusalOf(restore(SOURCE, "db-PAST", new Date(0)));

    expect(future).toMatchObject({ reason: "after-window", window: { earliest: window?.earliest } });
    expect(past).toMatchObject({ reason: "before-window", nearest: [window?.earliest] });
    expect(await refusalOf(engine.checkRestore({ ...SOURCE, region: RECOVERY + 1 }, undefined))).toMatchObject({ reason: "no-backup" });
    expect(madeIn(PRIMARY)).toEqual(before);
  });

  test("that fails on the way leaves nothing", async () => {
    const before = madeIn(PRIMARY);

    const restoring = restore(SOURCE, "db-FAILED", undefined, { parameters: { shared_buffers: "200TB" }, archiving });

    await expect(restoring).rejects.toThrow();
    expect(madeIn(PRIMARY)).toEqual(before);
  });

  test("is refused when a segment or the base backup is not what was archived: it is named, and nothing is made", async () => {
    const before = madeIn(PRIMARY);
    const [base] = entriesOf(SOURCE).filter((entry) => entry.kind === "base");
    const [first] = entriesOf(SOURCE).flatMap((entry) =>
      entry.kind === "segment" && entry.name === base?.lastSegment ? [entry.name] : [],
    );
    const time = latestOf(SOURCE);
    const repairSegment = corrupt(join(chainFolder(SOURCE), "wal", first ?? ""));
    const segment = await refusalOf(restore(SOURCE, "db-CORRUPT", time));
    const checked = await refusalOf(engine.checkRestore(SOURCE, time));
    repairSegment();
    const repairBase = corrupt(join(chainFolder(SOURCE), "bases", base?.id ?? "", "global", "pg_control"));
    const backup = await refusalOf(restore(SOURCE, "db-CORRUPT", time));
    repairBase();

    expect(segment).toMatchObject({ reason: "corrupt", message: expect.stringContaining(first ?? "no segment") });
    expect(checked.message).toBe(segment.message);
    expect(backup).toMatchObject({ reason: "corrupt", message: expect.stringContaining(base?.id ?? "no base") });
    expect(backup.message).toContain("pg_control");
    expect(madeIn(PRIMARY)).toEqual(before);
    expect(await engine.checkRestore(SOURCE, time)).toEqual(time);
  });
});

describe("In the other region", () => {
  test("every piece arrives in order, after the lag, and none while a region is lost", async () => {
    await commit(401, 420);
    await shipped(REPLICA);
    engine.suspend(PRIMARY);
    const cutAt = new Date();
    await commit(421, 440);
    await until("the primary region has shipped it", () => latestOf(SOURCE).getTime() > cutAt.getTime() + LAG_SECONDS * 1000);
    const [whileCut, replicating] = [latestOf(REPLICA), engine.chain(REPLICA)?.replicating];
    engine.resume(PRIMARY);
    await shipped(REPLICA);

    expect(whileCut.getTime()).toBeLessThan(cutAt.getTime());
    expect(replicating).toBe(false);
    expect(engine.chain(REPLICA)).toMatchObject({ replicaOf: SOURCE, replicating: true });
    const arrived = entriesOf(REPLICA);
    const sent = entriesOf(SOURCE).slice(0, arrived.length);
    const content = ({ archivedAt: _, ...rest }: Entry) => rest;
    expect(arrived.map(content)).toEqual(sent.map(content));
    const lags = arrived.map((entry, at) => Date.parse(entry.archivedAt) - Date.parse(sent[at]?.archivedAt ?? ""));
    expect(Math.min(...lags)).toBeGreaterThanOrEqual(LAG_SECONDS * 1000);
  });

  test("a segment that is missing makes a gap until the next base backup", async () => {
    const times = await commit(501, 510);
    await shipped(REPLICA);
    const lost = entriesOf(REPLICA).findLast((entry) => entry.kind === "mark")?.segment ?? "";
    const beforeGap = times.get(501);
    rmSync(join(chainFolder(REPLICA), "wal", lost));
    await source.takeBaseBackup();
    await commit(511, 520);
    await shipped(REPLICA);

    const window = engine.chain(REPLICA)?.window;
    const gap = window?.gaps[0];

    expect(window?.gaps).toEqual([{ from: expect.any(Date), to: expect.any(Date), missing: lost }]);
    expect(gap?.to.getTime()).toBeGreaterThan(toDate(beforeGap).getTime());
    const inside = new Date(((gap?.from.getTime() ?? 0) + (gap?.to.getTime() ?? 0)) / 2);
    const refusal = await refusalOf(restore(REPLICA, "db-GAP", inside));
    expect(refusal).toMatchObject({ reason: "gap", nearest: [gap?.from, gap?.to], message: expect.stringContaining(lost) });
    expect(madeIn(RECOVERY)).toMatchObject({ servers: [], data: [], recovering: [] });
    expect(await engine.checkRestore(REPLICA, gap?.from)).toEqual(gap?.from);
    expect(await engine.checkRestore(REPLICA, gap?.to)).toEqual(gap?.to);
  });

  test("a snapshot's copy is a whole database, and a changed one is refused", async () => {
    const from = { region: PRIMARY, snapshotId: "snapshot" };
    const to = { region: RECOVERY, snapshotId: "snapshot-copy" };
    const expected = await numbersIn(source);

    const taken = await engine.takeSnapshot({ ...SOURCE, snapshotId: from.snapshotId });
    const copied = await engine.copySnapshot({ from, to, lagSeconds: 0 });
    await engine.deleteSnapshot(from.region, from.snapshotId);
    const restored = await engine.restoreSnapshot({ ...placedIn(RECOVERY), resourceId: "db-SNAPSHOT", snapshot: to, parameters: {} });

    expect(copied.takenAt).toEqual(taken.takenAt);
    expect(await numbersIn(restored)).toEqual(expected);
    await restored.remove();
    corrupt(join(engine.root, "regions", RECOVERY, "snapshots", to.snapshotId, "data", "global", "pg_control"));
    const refused = engine.restoreSnapshot({ ...placedIn(RECOVERY), resourceId: "db-BAD", snapshot: to, parameters: {} });
    expect(await refusalOf(refused)).toMatchObject({ reason: "corrupt", message: expect.stringContaining("pg_control") });
    await expect(engine.copySnapshot({ from, to: { ...to, snapshotId: "other" }, lagSeconds: 0 })).rejects.toThrow(/no such snapshot/);
    expect(madeIn(RECOVERY)).toMatchObject({ servers: [], data: [], recovering: [] });
  });

  test("what had arrived is restored when the primary region is lost with everything in it", async () => {
    const times = await commit(601, 700);
    const processes = await treeOf(source.pid);
    await until("half of it has arrived", () => latestOf(REPLICA).getTime() > toDate(times.get(601)).getTime());

    engine.suspend(PRIMARY);
    await expect(engine.eraseRegion(PRIMARY)).rejects.toThrow(/running database/);
    for (const server of engine.servers(PRIMARY)) {
      await expect(server.erase()).rejects.toThrow(/not erased/);
      await server.kill();
      await server.erase();
    }
    const erased = await engine.eraseRegion(PRIMARY);

    expect(processes.length).toBeGreaterThan(3);
    const alive = processes.filter((pid) => existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "));
    expect(alive).toEqual([]);
    expect(erased).toContain(join(engine.root, "regions", PRIMARY, "chains"));
    expect(existsSync(join(engine.root, "regions", PRIMARY))).toBe(false);
    expect(engine.chain(SOURCE)).toBeUndefined();
    expect(engine.chain(REPLICA)).toMatchObject({ replicating: false, replicaOf: SOURCE });
    const time = latestOf(REPLICA);
    const restored = await restore(REPLICA, "db-RECOVERED", time);
    const restoredNow = new Set(await numbersIn(restored));
    for (const [n, at] of times) expect(restoredNow.has(n)).toBe(at <= BigInt(time.getTime()) * 1000n);
    await withClient(restored, (client) => client.query("INSERT INTO commits VALUES (1000)"));
    await restored.remove();
  });
});
