import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { ADMIN } from "./configuration";

/** How the engine reaches one of its servers as the only superuser. */
export interface AdminAccess {
  readonly port: number;
  /** The authority's certificate, PEM. */
  readonly ca: string;
  readonly caFile: string;
  readonly password: string;
}

export const HOST = "127.0.0.1";
const CONNECT_MS = 10_000;

export interface AdminSession {
  /** The first row's columns as text; undefined where there is none. */
  row(sql: string, values?: readonly string[]): Promise<readonly string[] | undefined>;
  rows(sql: string): Promise<readonly (readonly string[])[]>;
  run(sql: string): Promise<void>;
}

/** One connection for one piece of work: a session kept open would stand in the way of renaming and dropping, and break with each restart. */
export const asAdmin = async <T>(access: AdminAccess, database: string, work: (session: AdminSession) => Promise<T>): Promise<T> => {
  const client = new Client({
    host: HOST,
    port: access.port,
    user: ADMIN,
    password: access.password,
    database,
    ssl: { ca: access.ca },
    connectionTimeoutMillis: CONNECT_MS,
    application_name: "rds",
    // Every column as the server wrote it: microseconds and 64-bit numbers survive.
    types: { getTypeParser: () => String },
  });
  // The server may be killed while the session is idle; the next query says so.
  client.on("error", () => undefined);
  await client.connect();
  const rows = async (sql: string, values: readonly string[] = []): Promise<readonly (readonly string[])[]> =>
    (await client.query<string[]>({ text: sql, values: [...values], rowMode: "array" })).rows;
  try {
    return await work({
      rows,
      row: async (sql, values) => (await rows(sql, values))[0],
      run: async (sql) => {
        await client.query(sql);
      },
    });
  } finally {
    await client.end().catch(() => undefined);
  }
};

const POLL_MS = 10;

/** The server reads its configuration again; resolves when it has. */
export const reloadConfiguration = async (access: AdminAccess): Promise<void> => {
  const loadedAt = (): Promise<readonly string[] | undefined> =>
    asAdmin(access, "postgres", ({ row }) => row("SELECT pg_conf_load_time()::text"));
  const before = await loadedAt();
  await asAdmin(access, "postgres", ({ run }) => run("SELECT pg_reload_conf()"));
  // A new session has what the postmaster has; it reads the files some milliseconds after it was told to.
  while ((await loadedAt())?.[0] === before?.[0]) await sleep(POLL_MS);
};

/** The environment of PostgreSQL's own clients, for the same access. */
export const adminEnvironment = ({ port, caFile, password }: AdminAccess): Readonly<Record<string, string>> => ({
  PGHOST: HOST,
  PGPORT: String(port),
  PGUSER: ADMIN,
  PGPASSWORD: password,
  PGSSLMODE: "verify-full",
  PGSSLROOTCERT: caFile,
  PGCONNECT_TIMEOUT: "10",
});
