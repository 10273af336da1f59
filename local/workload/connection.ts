import { Client, DatabaseError } from "pg";
import type { DatabaseEndpoint, DatabaseSecret } from "../../recovery/catalogue/standing";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { withTimeout } from "./timeout";

export interface DatabaseAccess {
  readonly endpoint: Pick<DatabaseEndpoint, "host" | "port" | "database">;
  /** Reads the credentials: once, and again after a failure to connect. */
  readonly secret: (timeoutMs: number) => Promise<DatabaseSecret>;
  /** PEM: the authority that the server's certificate must come from. */
  readonly ca: string;
}

/** The server answered, but not what the work can go on with. */
export class UnexpectedAnswer extends Error {}

/** One connection to a database, made when it is needed and made again after a failure. One transaction at a time. */
export class DatabaseConnection {
  private secret?: DatabaseSecret;
  private client?: Client;

  constructor(private readonly access: DatabaseAccess) {}

  /** Whatever fails is not committed, but for a commit whose answer did not come: that may have been done. */
  async transaction(work: (client: Client) => Promise<void>, timeoutMs: number): Promise<void> {
    const givenUp = new AbortController();
    try {
      await withTimeout(this.run(work, timeoutMs, givenUp.signal), timeoutMs);
    } catch (error) {
      givenUp.abort();
      // Also after a refused statement: closing is the one way to give up a transaction that does not wait for an answer.
      this.drop();
      if (!isRefusal(error)) this.secret = undefined;
      throw this.unavailable(error);
    }
  }

  close(): void {
    this.drop();
    this.secret = undefined;
  }

  private async run(work: (client: Client) => Promise<void>, timeoutMs: number, givenUp: AbortSignal): Promise<void> {
    const client = this.client ?? (await this.connect(timeoutMs, givenUp));
    givenUp.throwIfAborted();
    await client.query("BEGIN");
    await work(client);
    await client.query("COMMIT");
  }

  private async connect(timeoutMs: number, givenUp: AbortSignal): Promise<Client> {
    const secret = this.secret ?? (await this.access.secret(timeoutMs));
    givenUp.throwIfAborted();
    this.secret = secret;
    const { host, port, database } = this.access.endpoint;
    const client = new Client({
      host,
      port,
      database,
      user: secret.username,
      password: secret.password,
      ssl: { ca: this.access.ca, rejectUnauthorized: true },
      connectionTimeoutMillis: timeoutMs,
      application_name: "workload",
    });
    // Without a listener, a server that goes away between two transactions would end this process.
    client.on("error", () => {
      if (this.client === client) this.close();
    });
    this.client = client;
    await client.connect();
    return client;
  }

  private drop(): void {
    const { client } = this;
    this.client = undefined;
    void client?.end().catch(() => undefined);
  }

  private unavailable(cause: unknown): LifeboatError {
    const { host, port, database } = this.access.endpoint;
    return new LifeboatError({
      code: "store-unavailable",
      what: `PostgreSQL did not take a transaction at ${host}:${port}/${database}`,
      received: messageOf(cause),
      hint: "The write is not acknowledged; the next one connects again, after it has asked for the endpoints",
      cause,
    });
  }
}

/** SQLSTATE classes of connections, authorization and the operator's intervention. https://www.postgresql.org/docs/15/errcodes-appendix.html */
const CONNECTION_CLASSES = ["08", "28", "57"];

/** Whether the server answered, and only this transaction was wrong. */
const isRefusal = (error: unknown): boolean =>
  error instanceof UnexpectedAnswer ||
  (error instanceof DatabaseError && error.code !== undefined && !CONNECTION_CLASSES.includes(error.code.slice(0, 2)));
