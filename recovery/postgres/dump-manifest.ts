import * as z from "zod";
import { ExportPart, exportPrefix, Window } from "../catalogue/export";

const Count = z.int().nonnegative();
/** An object's number in its database's catalogues; the archive has it too, in whatever encoding its names are. */
const Oid = z.int().min(1).max(4_294_967_295);

/** One table that has rows of its own, counted in the dump's snapshot. Of an extension's table: the rows that its author said are the user's. */
export const DumpedTable = z.object({ oid: Oid, schema: z.string(), name: z.string(), rows: Count });
export type DumpedTable = z.infer<typeof DumpedTable>;

/** The archive restores an extension in whatever version the new server has: the version that was there stands here only. */
const Extension = z.object({ name: z.string(), version: z.string(), schema: z.string() });

/** One database: everything in it as of one snapshot. */
export const DumpedDatabase = z.object({
  database: z.object({
    oid: Oid,
    name: z.string(),
    owner: z.string(),
    encoding: z.string(),
    collate: z.string(),
    extensions: z.array(Extension),
    largeObjects: Count,
    sequences: Count,
  }),
  /** `takenAt` and `lsn` were read just before it: all that was committed, and answered, before is in it. */
  snapshot: z.object({ id: z.string(), takenAt: z.iso.datetime(), lsn: z.string().regex(/^[0-9A-F]+\/[0-9A-F]+$/) }),
  tables: z.array(DumpedTable),
  /** What `pg_restore --list` said when it read the archive back, and how many entries that were. */
  toc: ExportPart.extend({ entries: Count }),
  /** One after the other they are an archive in pg_dump's custom format, in zstd frames: a part has whole ones, of a dump of earlier releases all parts are one. */
  parts: z.array(ExportPart).min(1),
});
export type DumpedDatabase = z.infer<typeof DumpedDatabase>;

/** The manifest of a dump of every database of a PostgreSQL server: written last, once. Times are the server's. */
export const PostgresDump = z.object({
  schema: z.literal("lifeboat/postgres-dump/1"),
  system: z.string(),
  pointId: z.string(),
  window: Window,
  server: z.object({ version: z.string() }),
  client: z.object({ version: z.string() }),
  format: z.object({ name: z.literal("pg_dump custom"), compression: z.literal("zstd") }),
  /** Databases that were not dumped, because they take no connections, are templates, or RDS's own. */
  excluded: z.array(z.string()),
  /** SQL that makes every role again, without passwords. */
  roles: ExportPart.extend({ roles: Count }),
  databases: z.array(DumpedDatabase).min(1),
});
export type PostgresDump = z.infer<typeof PostgresDump>;

export const DUMP_PREFIX = "postgres/";

/** Every object of a dump but its manifest. */
export const dumpParts = ({ roles, databases }: PostgresDump): readonly ExportPart[] => [
  ExportPart.parse(roles),
  ...databases.flatMap(({ toc, parts }) => [ExportPart.parse(toc), ...parts]),
];

export const dumpedRows = ({ tables }: Pick<DumpedDatabase, "tables">): number => tables.reduce((total, { rows }) => total + rows, 0);

/** What in a dump's manifest contradicts itself. */
export const dumpContradictions = (dump: PostgresDump): readonly string[] => {
  const keys = dumpParts(dump).map(({ key }) => key);
  const prefix = exportPrefix({ prefix: DUMP_PREFIX }, dump.pointId);
  return [
    ...keys.filter((key) => !key.startsWith(prefix)).map((key) => `${key} is not under ${prefix}`),
    ...repeated(keys).map((key) => `${key} is listed twice`),
    ...repeated(dump.databases.map(({ database }) => database.name)).map((name) => `database ${name} is listed twice`),
    ...dump.databases.flatMap((database) => databaseContradictions(database, dump.window)),
  ];
};

const databaseContradictions = (
  { database: { name }, snapshot, tables, toc, parts }: DumpedDatabase,
  window: Window,
): readonly string[] => {
  const { startedAt, finishedAt } = window;
  return [
    snapshot.takenAt >= startedAt && snapshot.takenAt <= finishedAt
      ? ""
      : `${name}: its snapshot of ${snapshot.takenAt} is not of the dump's window, ${startedAt} to ${finishedAt}`,
    ...repeated(tables.map(({ oid }) => String(oid))).map((oid) => `${name}: table ${oid} is listed twice`),
    tables.length <= toc.entries ? "" : `${name}: ${tables.length} tables, and ${toc.entries} entries in its table of contents`,
    parts.every(({ key }, at) => key.endsWith(`/part-${String(at).padStart(5, "0")}.zst`))
      ? ""
      : `${name}: its parts are not in their order`,
  ].filter((contradiction) => contradiction !== "");
};

const repeated = (texts: readonly string[]): readonly string[] => {
  const seen = new Set<string>();
  const again = new Set<string>();
  for (const text of texts) (seen.has(text) ? again : seen).add(text);
  return [...again];
};
