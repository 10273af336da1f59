import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { Client, escapeIdentifier } from "pg";
import { run } from "../../../local/process";
import { selectPoint } from "../../../recovery/catalogue/select";
import { LifeboatError } from "../../../recovery/errors";
import type { EvidenceCheck } from "../../../recovery/evidence/evidence";
import { type DumpedDatabase, dumpedRows, PostgresDump } from "../../../recovery/postgres/dump-manifest";
import { sealedBytes } from "../../lifeboat/restore-configuration/point";
import type { VaultConnection } from "../../lifeboat/vault";
import type { DrillContext } from "../context";
import { SYSTEM } from "../profile";
import type { RecoveredDatabaseAccess } from "../recovered-postgres";
import { check } from "../scenario";

export type DumpTarget = RecoveredDatabaseAccess;

const BESIDE = "lifeboat_from_dump";

/** The newest dump in the vault, restored by `pg_restore` into a database of its own on the recovered server, which is dropped again: every table has the rows that were counted in the dump's snapshot. */
export const restoredDump = async (
  { aws, toolchain, runDir }: DrillContext,
  { catalogue, vault }: VaultConnection,
  server: DumpTarget,
): Promise<readonly EvidenceCheck[]> => {
  const { chosen } = await selectPoint(catalogue, SYSTEM, "postgres");
  if (chosen === undefined) return [check("postgres", "dump restored from the vault", "a usable point", "none", false)];
  const { point } = chosen;
  const manifest = PostgresDump.parse(JSON.parse(Buffer.from(await sealedBytes(vault, point.manifest)).toString("utf8")));
  const dumped = manifest.databases.find(({ database }) => database.name === server.database);
  if (dumped === undefined)
    return [check("postgres", "dump restored from the vault", `database ${server.database}`, "not in the dump", false)];

  const file = join(runDir, "from-the-vault.dump");
  const sealed = new Map(point.parts.map((part) => [part.key, part]));
  const parts = async function* () {
    for (const { key } of dumped.parts) {
      const part = sealed.get(key);
      if (part === undefined)
        throw new LifeboatError({
          code: "point-refused",
          what: "A part of the dump's manifest is not in its entry",
          received: key,
          allowed: point.parts.map((each) => each.key).join(", "),
          hint: "npm run lifeboat -- verify --point ID says what else is wrong with it",
        });
      yield await sealedBytes(vault, part);
    }
  };
  await pipeline(Readable.from(parts()), createZstdDecompress(), createWriteStream(file));
  await query(server, server.database, `CREATE DATABASE ${BESIDE}`);
  try {
    const { code, stderr } = await run({
      command: join(toolchain.postgresBin, "pg_restore"),
      args: ["--no-owner", "--no-privileges", "--exit-on-error", `--dbname=${BESIDE}`, file],
      env: {
        PATH: process.env.PATH,
        ...{ PGHOST: server.host, PGPORT: String(server.port), PGUSER: server.user, PGPASSWORD: server.password },
        ...{ PGSSLMODE: "verify-full", PGSSLROOTCERT: aws.rds.caFile },
      },
    });
    if (code !== 0)
      throw new LifeboatError({
        code: "point-refused",
        what: "pg_restore did not take the dump that was restored from the vault",
        received: stderr.trim().slice(0, 500),
        allowed: "a dump that restores without an error",
        hint: `Run pg_restore --list ${file}`,
      });
    return [await rowsCheck(server, dumped, point.pointId)];
  } finally {
    await query(server, server.database, `DROP DATABASE ${BESIDE} WITH (FORCE)`);
  }
};

const rowsCheck = async (server: DumpTarget, dumped: DumpedDatabase, pointId: string): Promise<EvidenceCheck> => {
  const wrong: string[] = [];
  for (const { schema, name, rows } of dumped.tables) {
    const [seen] = await query(
      server,
      BESIDE,
      `SELECT count(*)::int AS rows FROM ONLY ${escapeIdentifier(schema)}.${escapeIdentifier(name)}`,
    );
    if (seen?.rows !== rows) wrong.push(`${schema}.${name} has ${String(seen?.rows)} rows, not ${rows}`);
  }
  const expected = `${dumpedRows(dumped)} rows in ${dumped.tables.length} tables`;
  const passed = wrong.length === 0 && dumped.tables.length > 0;
  return check("postgres", "dump restored from the vault", expected, passed ? `${expected}, of ${pointId}` : wrong.join("; "), passed);
};

const query = async (
  { ca, ...access }: DumpTarget,
  database: string,
  sql: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const client = new Client({ ...access, database, ssl: { ca, rejectUnauthorized: true }, connectionTimeoutMillis: 30_000 });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};
