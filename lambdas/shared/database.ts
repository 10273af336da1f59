import { readFileSync } from "node:fs";
import { Client } from "pg";
import type * as z from "zod";
import type { DatabaseEndpoint, DatabaseSecret } from "../../recovery/catalogue/standing";
import { LifeboatError, messageOf } from "../../recovery/errors";

/** One connection to one PostgreSQL database. */
export interface Database {
  /** The rows of a statement, as their schema types them. 64-bit numbers come as text: a number would round them. */
  rows<Row>(row: z.ZodType<Row>, statement: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  run(statement: string): Promise<void>;
  close(): Promise<void>;
}

/** Who connects, and where to. */
export type DatabaseLogin = Pick<DatabaseEndpoint, "host" | "port" | "database"> & Pick<DatabaseSecret, "username" | "password">;

export interface ConnectionOptions {
  /** PEM: the authorities that the server's certificate must lead to. No other one counts. */
  readonly authorities: string;
  /** How long a connection may take to stand, and an answer to come, before they count as broken. Milliseconds. */
  readonly connectWithinMs: number;
  readonly answerWithinMs: number;
}

/** What a function waits for: a connection attempt that nobody answers is given up soon, a query of a volume that still fills is not. */
export const PATIENCE = { connectWithinMs: 10_000, answerWithinMs: 300_000 } as const;

/** The authorities of the file that NODE_EXTRA_CA_CERTS names. pg takes none of Node's own, so they are read here. */
export const readAuthorities = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new LifeboatError({
      code: "configuration",
      what: "The authorities that a database's certificate is verified by cannot be read",
      received: messageOf(error),
      allowed: "a PEM file, named by NODE_EXTRA_CA_CERTS",
      hint: "Deploy the prod stack again: it sets this variable",
      cause: error,
    });
  }
};

/** Connects by TLS, with the server's certificate and name verified. What is thrown names neither the password nor the secret. */
export const connectDatabase = async (login: DatabaseLogin, { authorities, ...patience }: ConnectionOptions): Promise<Database> => {
  const { host, port, database, username: user, password } = login;
  const client = new Client({
    ...{ host, port, database, user, password },
    ssl: { ca: authorities, rejectUnauthorized: true },
    connectionTimeoutMillis: patience.connectWithinMs,
    query_timeout: patience.answerWithinMs,
    application_name: "lifeboat",
  });
  // A connection that breaks between two statements emits an error that nobody awaits: the next statement meets it.
  client.on("error", () => {});
  await client.connect();
  return {
    rows: async (row, statement, values = []) => {
      const { rows } = await client.query<Record<string, unknown>>(statement, [...values]);
      return rows.map((found) => row.parse(found));
    },
    run: async (statement) => void (await client.query(statement)),
    close: () => client.end(),
  };
};
