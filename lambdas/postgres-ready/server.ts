import * as z from "zod";
import type { DatabaseEndpoint } from "../../recovery/catalogue/standing";
import type { Database } from "../shared/database";
import type { Faulty } from "./faulty";
import { findFaults } from "./integrity";
import { firstQueries, type Queried } from "./tables";

/** A restored server, as this function looks at it. */
export interface RestoredServer {
  /** Opens a connection to one of its databases. Throws what `databaseFault` tells apart. */
  connect(database: string): Promise<RestoredDatabase>;
}

export interface RestoredDatabase {
  serverVersion(): Promise<string>;
  isInRecovery(): Promise<boolean>;
  /** Throws when the server takes no writes. Leaves nothing behind. */
  tryWrite(): Promise<void>;
  /** The newest commit dated at or before a time, of any of its databases. Null when it keeps no times, or has no such commit among the newest ones. */
  newestCommit(until: string): Promise<string | null>;
  /** The databases that the master user may connect to. */
  databases(): Promise<readonly string[]>;
  /** Asks every table of this database for a row; on AWS that begins to fill the volume. `onTable` may throw to stop. */
  firstQueries(onTable: () => void): Promise<Queried>;
  faults(): Promise<Readonly<Record<"indexes" | "constraints" | "sequences", Faulty>>>;
  close(): Promise<void>;
}

export const restoredServer = (
  open: (endpoint: DatabaseEndpoint, database: string) => Promise<Database>,
  endpoint: DatabaseEndpoint,
): RestoredServer => ({
  connect: async (database) => restoredDatabase(await open(endpoint, database)),
});

export const restoredDatabase = (database: Database): RestoredDatabase => ({
  serverVersion: async () => (await only(database, Version, "SHOW server_version")).server_version,
  isInRecovery: async () => (await only(database, Recovering, "SELECT pg_is_in_recovery() AS recovering")).recovering,
  tryWrite: async () => {
    // A server in recovery refuses even a temporary table.
    await database.run("BEGIN READ WRITE");
    await database.run("CREATE TEMPORARY TABLE lifeboat_probe (written boolean) ON COMMIT DROP");
    await database.run("INSERT INTO lifeboat_probe VALUES (true)");
    await database.run("ROLLBACK");
  },
  newestCommit: async (until) => {
    const { kept } = await only(database, Kept, "SELECT current_setting('track_commit_timestamp')::boolean AS kept");
    return kept ? ((await only(database, Committed, NEWEST_COMMIT, [until])).at?.toISOString() ?? null) : null;
  },
  databases: async () => (await database.rows(Named, DATABASES)).map(({ name }) => name),
  firstQueries: (onTable) => firstQueries(database, onTable),
  faults: () => findFaults(database),
  close: () => database.close(),
});

const Version = z.object({ server_version: z.string() });
const Recovering = z.object({ recovering: z.boolean() });
const Kept = z.object({ kept: z.boolean() });
const Committed = z.object({ at: z.date().nullable() });
const Named = z.object({ name: z.string() });

/**
 * Backwards from the next transaction: what was committed since the recovery, by RDS itself, is dated later and passed over. An identifier is the lower
 * half of a 64-bit one, and the first three are no transactions.
 * https://www.postgresql.org/docs/15/functions-info.html#FUNCTIONS-COMMIT-TIMESTAMP
 */
const NEWEST_COMMIT = `SELECT max(committed) AS at FROM (
    SELECT pg_xact_commit_timestamp((id % 4294967296)::text::xid) AS committed
    FROM (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next) AS snapshot,
      generate_series(greatest(next - 20000, 3), next - 1) AS id
    WHERE id % 4294967296 >= 3) AS commits
  WHERE committed <= $1::timestamptz`;

/** `rdsadmin` is RDS's own: nobody else is let in. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html */
const DATABASES = `SELECT datname AS name FROM pg_database
  WHERE datallowconn AND NOT datistemplate AND datname <> 'rdsadmin' AND has_database_privilege(oid, 'CONNECT')
  ORDER BY datname`;

const only = async <Row>(database: Database, row: z.ZodType<Row>, statement: string, values?: readonly unknown[]): Promise<Row> => {
  const [found] = await database.rows(row, statement, values);
  if (found === undefined) throw new Error(`no row: ${statement}`);
  return found;
};
