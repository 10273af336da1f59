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
  /** The newest commit that recovery replayed, and whether it is after a time. Null once the server was started again. */
  lastReplayed(asOf: string): Promise<{ readonly at: string | null; readonly late: boolean }>;
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
  lastReplayed: async (asOf) => {
    const { at, late } = await only(database, Replayed, REPLAYED, [asOf]);
    return { at: at?.toISOString() ?? null, late };
  },
  databases: async () => (await database.rows(Named, DATABASES)).map(({ name }) => name),
  firstQueries: (onTable) => firstQueries(database, onTable),
  faults: () => findFaults(database),
  close: () => database.close(),
});

const Version = z.object({ server_version: z.string() });
const Recovering = z.object({ recovering: z.boolean() });
const Replayed = z.object({ at: z.date().nullable(), late: z.boolean() });
const Named = z.object({ name: z.string() });

const REPLAYED = `SELECT pg_last_xact_replay_timestamp() AS at,
  coalesce(pg_last_xact_replay_timestamp() > $1::timestamptz, false) AS late`;

/** `rdsadmin` is RDS's own: nobody else is let in. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html */
const DATABASES = `SELECT datname AS name FROM pg_database
  WHERE datallowconn AND NOT datistemplate AND datname <> 'rdsadmin' AND has_database_privilege(oid, 'CONNECT')
  ORDER BY datname`;

const only = async <Row>(database: Database, row: z.ZodType<Row>, statement: string, values?: readonly unknown[]): Promise<Row> => {
  const [found] = await database.rows(row, statement, values);
  if (found === undefined) throw new Error(`no row: ${statement}`);
  return found;
};
