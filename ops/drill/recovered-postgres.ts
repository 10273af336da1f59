import { Client } from "pg";
import * as z from "zod";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { writeKey } from "../../recovery/evidence/ledger";
import type { RecoveredState } from "../../recovery/evidence/loss";
import { readConstraints, readSequences, type SeenConstraints, type SeenSequence } from "./recovered-postgres-catalog";
import { readRows, type SeenRows } from "./recovered-postgres-rows";

/** The observer's own way in: what restored the data must not be what judges it. */
export interface RecoveredDatabaseAccess {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** PEM: the authority that the server's certificate must come from. */
  readonly ca: string;
}

/** What a recovered database held at one moment. */
export interface SeenDatabase extends SeenRows {
  /** When it was read, by its own clock: what was committed before is seen. */
  readonly readAt: Date;
  readonly serverVersion: string;
  readonly inRecovery: boolean;
  readonly sequences: readonly SeenSequence[];
  readonly constraints: SeenConstraints;
}

/** The digests of a database's documents and commits, by `writeKey`. */
export const databaseState = ({ documents, commits }: SeenRows): RecoveredState =>
  new Map([
    ...[...documents].map(([key, { digest }]) => [writeKey({ store: "postgres", collection: "documents", key }), digest] as const),
    ...[...commits].map(
      ([number, digest]) => [writeKey({ store: "postgres", collection: "commits", key: String(number) }), digest] as const,
    ),
  ]);

const TIMEOUT_MS = 60_000;

const Server = z.tuple([z.object({ read_at: z.string(), server_version: z.string(), in_recovery: z.boolean() })]);

/** Reads everything back in one snapshot, while the application writes on. What stays in memory is digests. */
export const readDatabase = async ({ ca, ...access }: RecoveredDatabaseAccess): Promise<SeenDatabase> => {
  const client = new Client({
    ...access,
    ssl: { ca, rejectUnauthorized: true },
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    application_name: "observer",
  });
  // A server that goes away fails the query under way, which is told below.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await readAll(client);
  } catch (cause) {
    throw new LifeboatError({
      code: "store-unavailable",
      what: `The recovered database could not be read at ${access.host}:${access.port}/${access.database}`,
      received: messageOf(cause),
      hint: "The recovery is not proven until it can be read back: look at the server's log. A time before the first load has no tables",
      cause,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
};

const readAll = async (client: Client): Promise<SeenDatabase> => {
  await client.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  // The tables themselves, never an index: a row that only one of the two has would pass unseen.
  for (const way of ["enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan"]) await client.query(`SET LOCAL ${way} = off`);
  const { rows: server } = await client.query(
    `SELECT to_char(transaction_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS read_at,
       current_setting('server_version') AS server_version, pg_is_in_recovery() AS in_recovery`,
  );
  const [{ read_at, server_version, in_recovery }] = Server.parse(server);
  const rows = await readRows(client);
  const constraints = await readConstraints(client);
  const sequences = await readSequences(client);
  await client.query("COMMIT");
  return { readAt: new Date(read_at), serverVersion: server_version, inRecovery: in_recovery, sequences, constraints, ...rows };
};
