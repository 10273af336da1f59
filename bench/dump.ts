import { readFile, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { Client } from "pg";
import type { Bench } from "./bed";
import { clientsWay, type DumpRun, STREAMS, type Stream } from "./dump/limit";
import { loadAccounts } from "./dump/load";
import { dumpStep } from "./dump/ours";
import { type DatabaseBed, withEngine } from "./engine";
import { inTurns, type Measurement, median, rounded } from "./report";

const TARGET_RATIO = 1.1;
const REGION = "us-east-1";
const MASTER = { masterUsername: "master", masterPassword: "bench-password", databaseName: "app" };

/** The backup job's dump against the fastest that pg_dump does by itself, of the same database. */
export const dump: Bench = (bed) => withEngine(bed, async (bedWithEngine) => ({ pgDumpOverLimit: await dumps(bedWithEngine) }));

const dumps = async (bed: DatabaseBed): Promise<Measurement> => {
  const { env, rows } = await database(bed);
  const access = { username: MASTER.masterUsername, password: MASTER.masterPassword, authorities: bed.engine.caFile };
  const ours: DumpRun[] = [];
  const ways = STREAMS.map((stream) => ({ stream, runs: [] as DumpRun[] }));
  const wayOf =
    ({ stream, runs }: (typeof ways)[number]) =>
    async (): Promise<void> => {
      const file = join(bed.directory, "limit.zst");
      runs.push(await clientsWay(env, file, stream));
      await rm(file);
      bed.say(`pg_dump | ${stream} ${runs.at(-1)?.seconds.toFixed(2)} s`);
    };
  const own = async (): Promise<void> => {
    ours.push(await dumpStep(env, join(bed.directory, `dump-${ours.length}`), access));
    bed.say(`dump.sh ${ours.at(-1)?.seconds.toFixed(2)} s`);
  };
  await inTurns(bed.sizes.rounds, [...ways.map(wayOf), own]);
  const [limit, slower] = ways.map(({ stream, runs }) => summaryOf(stream, runs)).sort((a, b) => a.seconds - b.seconds);
  if (limit === undefined || slower === undefined) throw new Error("pg_dump was not measured");
  const { seconds, bytes, all } = summaryOf("dump.sh", ours);
  const ratio = seconds / limit.seconds;
  return {
    ratio: rounded(ratio),
    sentence: `dumping ${rows} rows, counted, hashed and read back, takes ${seconds.toFixed(2)} s and ${(bytes / 1e6).toFixed(1)} MB; pg_dump | ${limit.name} alone ${limit.seconds.toFixed(2)} s and ${(limit.bytes / 1e6).toFixed(1)} MB, pg_dump | ${slower.name} ${slower.seconds.toFixed(2)} s`,
    target: `at most ${TARGET_RATIO}`,
    met: ratio <= TARGET_RATIO,
    numbers: { dumpSeconds: all, limitSeconds: limit.all, dumpBytes: bytes, limitBytes: limit.bytes },
  };
};

const summaryOf = (name: Stream | "dump.sh", runs: readonly DumpRun[]) => {
  const seconds = runs.map((run) => run.seconds);
  return { name, seconds: median(seconds), bytes: runs.at(-1)?.bytes ?? 0, all: seconds.map(rounded) };
};

const database = async (bed: DatabaseBed): Promise<{ readonly env: NodeJS.ProcessEnv; readonly rows: number }> => {
  const place = { region: REGION, zone: `${REGION}a`, resourceId: "db-BENCH" };
  const { host, port } = await bed.engine.create({ ...place, ...MASTER, parameters: {} });
  const client = new Client({
    host,
    port,
    user: MASTER.masterUsername,
    password: MASTER.masterPassword,
    database: MASTER.databaseName,
    ssl: { ca: await readFile(bed.engine.caFile, "utf8") },
  });
  client.on("error", () => undefined);
  bed.say("loading");
  await client.connect();
  const rows = await loadAccounts(client, bed.sizes.databaseMb);
  await client.end();
  return {
    rows,
    env: {
      PATH: [bed.binDirectory, process.env.PATH ?? ""].join(delimiter),
      HOME: process.env.HOME,
      PGHOST: host,
      PGPORT: String(port),
      PGDATABASE: MASTER.databaseName,
      PGUSER: MASTER.masterUsername,
      PGPASSWORD: MASTER.masterPassword,
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: bed.engine.caFile,
    },
  };
};
