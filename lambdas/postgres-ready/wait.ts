import { LifeboatError } from "../../recovery/errors";
import type { DatabaseFault } from "../shared/database-faults";
import { databaseFault } from "../shared/database-faults";
import type { Deadline } from "../shared/deadline";
import { type Log, reasonOf } from "../shared/log";
import type { RestoredDatabase, RestoredServer } from "./server";

export interface WaitTools {
  readonly server: RestoredServer;
  readonly now: () => Date;
  readonly pause: (ms: number) => Promise<void>;
  readonly deadline: Deadline;
  readonly log: Log;
}

/** When the server did what for the first time. */
export interface Reached {
  connectedAt?: Date;
  recoveryEndedAt?: Date;
}

export const RETRY_MS = 500;
/** RDS sets the password once the restore is done; after this long it is another one. */
export const LOGIN_PATIENCE_MS = 180_000;

/** A server in recovery, or at the end of its storage, refuses writes by this. */
const READ_ONLY = "25006";

/**
 * Does the work on a connection to a server that takes writes. Waits for the server, and starts the work over when it goes away meanwhile, as long as
 * there is time: a restored server may be started again by RDS.
 */
export const onceWritable = async <Result>(
  tools: WaitTools,
  database: string,
  work: (connection: RestoredDatabase, reached: Required<Reached>) => Promise<Result>,
): Promise<Result> => {
  const reached: Reached = {};
  let refusedSince: Date | undefined;
  for (;;) {
    let reason: string;
    try {
      const done = await attempt(tools, database, reached, work);
      if (done !== undefined) return done.result;
      reason = "the server is in recovery";
    } catch (error) {
      const fault = faultOf(error);
      if (fault === "definite") throw error;
      reason = reasonOf(error);
      refusedSince = fault === "login" ? (refusedSince ?? tools.now()) : undefined;
      if (refusedSince !== undefined && tools.now().getTime() - refusedSince.getTime() >= LOGIN_PATIENCE_MS) throw refusedLogin(error);
    }
    tools.deadline(() => `the database is not usable yet: ${reason}`);
    tools.log.info("waiting for the database", { reason });
    await tools.pause(RETRY_MS);
  }
};

const attempt = async <Result>(
  { server, now }: WaitTools,
  database: string,
  reached: Reached,
  work: (connection: RestoredDatabase, reached: Required<Reached>) => Promise<Result>,
): Promise<{ readonly result: Result } | undefined> => {
  const connection = await server.connect(database);
  try {
    reached.connectedAt ??= now();
    if (await connection.isInRecovery()) return undefined;
    await connection.tryWrite();
    reached.recoveryEndedAt ??= now();
    const { connectedAt, recoveryEndedAt } = reached;
    return { result: await work(connection, { connectedAt, recoveryEndedAt }) };
  } finally {
    // What the server says to a farewell changes nothing.
    await connection.close().catch(() => undefined);
  }
};

const faultOf = (error: unknown): DatabaseFault =>
  error instanceof Error && "code" in error && error.code === READ_ONLY ? "waiting" : databaseFault(error);

const refusedLogin = (cause: unknown): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: "The restored database refuses the password of its secret",
    received: `${reasonOf(cause)}, for ${LOGIN_PATIENCE_MS / 1000} s`,
    allowed: "the password that the program set after the restore",
    hint: "Look at the instance's events in RDS for a modification that failed, then run pulumi up again",
    cause,
  });
