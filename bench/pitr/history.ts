import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { type Entry, parseIndex } from "../../local/rds/backups/entries";
import type { DatabaseServer } from "../../local/rds/engine";
import type { DatabaseBed } from "../engine";
import { secondsOf } from "../report";

const REGION = "us-east-1";
export const PLACE = { region: REGION, zone: `${REGION}a` };
const SOURCE = { region: REGION, resourceId: "db-SOURCE" };
export const MASTER = { masterUsername: "master", masterPassword: "bench-password", databaseName: "app" };
/** Shipping and base backups happen when the bench says so. */
export const ARCHIVING = { shippingSeconds: 1, baseBackupIntervalSeconds: 86_400, retentionDays: 7 };

/** A row of 320 characters with its two index entries takes this in a base backup. */
const BYTES_PER_ROW = 440;
const CHANGE_ROUNDS = 12;

/** A database's base backup and the WAL after it. */
export interface History {
  readonly time: Date;
  /** What the newest row says that had been committed by then. */
  readonly newest: string;
  readonly baseDirectory: string;
  readonly walDirectory: string;
  readonly segments: readonly string[];
  readonly baseMb: number;
  readonly walMb: number;
}

export const connect = async (bed: DatabaseBed, { host, port }: Pick<DatabaseServer, "host" | "port">): Promise<Client> => {
  const { masterUsername: user, masterPassword: password, databaseName: database } = MASTER;
  const client = new Client({ host, port, user, password, database, ssl: { ca: await readFile(bed.engine.caFile, "utf8") } });
  client.on("error", () => undefined);
  await client.connect();
  return client;
};

export const indexOf = async (bed: DatabaseBed, resourceId: string): Promise<readonly Entry[]> =>
  parseIndex(await readFile(join(chainDirectory(bed, resourceId), "index.jsonl"))).entries;

const chainDirectory = (bed: DatabaseBed, resourceId: string): string => join(bed.engine.root, "regions", REGION, "chains", resourceId);

/** The query that both sides answer last: it reads the newest change. */
export const NEWEST = "SELECT max(changed)::text FROM rows";

/** As many MB in the base backup as asked for, and several hundred MB of WAL of inserts and scattered updates after it. */
export const makeHistory = async (bed: DatabaseBed): Promise<History> => {
  const server = await bed.engine.create({ ...PLACE, ...SOURCE, ...MASTER, parameters: {}, archiving: ARCHIVING });
  const client = await connect(bed, server);
  const loadedRows = Math.ceil((bed.sizes.databaseMb * 1e6) / BYTES_PER_ROW);
  bed.say(`loading ${loadedRows} rows`);
  await client.query("CREATE TABLE rows (id bigint PRIMARY KEY, changed bigint NOT NULL DEFAULT 0, body text NOT NULL)");
  await client.query("CREATE INDEX ON rows (changed)");
  const body = "(SELECT string_agg(md5(n::text || part::text), '') FROM generate_series(1, 10) part)";
  await client.query(`INSERT INTO rows SELECT n, 0, ${body} FROM generate_series(1, ${loadedRows}) n`);
  await server.takeBaseBackup();
  for (let round = 1; round <= CHANGE_ROUNDS; round += 1) {
    await client.query("UPDATE rows SET changed = $1 WHERE id % 997 = $1", [round]);
    const first = loadedRows + round * 30_000;
    await client.query(`INSERT INTO rows SELECT n, $1, ${body} FROM generate_series(${first}, ${first + 20_000}) n`, [round]);
  }
  const { rows } = await client.query<{ now: Date; newest: string }>(`SELECT clock_timestamp() AS now, (${NEWEST}) AS newest`);
  const time = new Date((rows[0]?.now.getTime() ?? 0) + 1);
  // A later commit, which must not be restored.
  await sleep(10);
  await client.query("INSERT INTO rows VALUES (0, $1, 'later')", [CHANGE_ROUNDS + 1]);
  await client.end();
  while ((bed.engine.chain(SOURCE)?.window?.latest ?? new Date(0)) < time) await sleep(100);
  // From here on the machine does nothing but what is measured.
  await server.setArchiving(undefined);
  await server.kill();
  return { ...(await filesOf(bed)), time, newest: rows[0]?.newest ?? "" };
};

const filesOf = async (bed: DatabaseBed): Promise<Omit<History, "time" | "newest">> => {
  const entries = await indexOf(bed, SOURCE.resourceId);
  const base = entries.findLast((each) => each.kind === "base");
  if (base === undefined) throw new Error("the base backup is not in the index");
  const segments = entries.flatMap((each) => (each.kind === "segment" && each.name >= base.firstSegment ? [each] : []));
  const directory = chainDirectory(bed, SOURCE.resourceId);
  return {
    baseDirectory: join(directory, "bases", base.id),
    walDirectory: join(directory, "wal"),
    segments: segments.map(({ name }) => name),
    baseMb: Math.round(base.sizeBytes / 1e6),
    walMb: Math.round(segments.reduce((sum, { usedBytes }) => sum + usedBytes, 0) / 1e6),
  };
};

/** Seconds until the restored server has answered. */
export const restoreByEngine = async (bed: DatabaseBed, history: History, resourceId: string): Promise<number> => {
  let restored: DatabaseServer | undefined;
  const seconds = await secondsOf(async () => {
    restored = await bed.engine.restoreToTime({ ...PLACE, resourceId, parameters: {}, chain: SOURCE, time: history.time });
    const client = await connect(bed, restored);
    const { rows } = await client.query<{ max: string }>(NEWEST);
    if (rows[0]?.max !== history.newest) throw new Error(`the engine restored up to change ${rows[0]?.max}, not ${history.newest}`);
    await client.end();
  });
  await restored?.remove();
  return seconds;
};
