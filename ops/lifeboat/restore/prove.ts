import { setTimeout as sleep } from "node:timers/promises";
import { examine } from "../../../lambdas/postgres-ready/examine";
import { restoredServer } from "../../../lambdas/postgres-ready/server";
import { onceWritable } from "../../../lambdas/postgres-ready/wait";
import { connectDatabase, PATIENCE } from "../../../lambdas/shared/database";
import type { Deadline } from "../../../lambdas/shared/deadline";
import type { Log } from "../../../lambdas/shared/log";
import type { DatabaseSecret } from "../../../recovery/catalogue/standing";
import { LifeboatError } from "../../../recovery/errors";
import type { Place, Proof, RestoreTools } from "./ports";

export interface ProveTools {
  /** The protected database's own: a restore keeps its user and password. */
  readonly secret: () => Promise<DatabaseSecret>;
  /** PEM: the authorities that the server's certificate must lead to. */
  readonly authorities: string;
  readonly now: () => Date;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const REACHABLE_WITHIN_SECONDS = 900;

/** Looks at a restored database as a recovery in the other region does: it takes a write, every table answers, its sequences are ahead. */
export const proveWith =
  ({ secret, authorities, now, say, signal }: ProveTools): NonNullable<RestoreTools["prove"]> =>
  async (place, { to, askedAt }): Promise<Proof> => {
    const { dbname, username, password } = await secret();
    const endpoint = { ...place, database: dbname, secretArn: "" };
    const connection = { authorities, ...PATIENCE };
    const server = restoredServer((_, database) => connectDatabase({ ...place, database, username, password }, connection), endpoint);
    const startedAt = now();
    const tools = {
      server,
      now,
      pause: (ms: number) => sleep(ms, undefined, { signal }),
      deadline: reachableBy(place, startedAt, now),
      log: sayingOnly(say),
    };
    const planned = { method: "restore", asOf: to.toISOString(), resolvedAt: askedAt.toISOString() } as const;
    return onceWritable(tools, dbname, async (database) => {
      const engineVersion = await database.serverVersion();
      return examine(tools, database, { ...planned, engineVersion });
    });
  };

/** An address in a private network is no error of the restore: who cannot reach it is told the ways out. */
const reachableBy =
  ({ host, port }: Place, startedAt: Date, now: () => Date): Deadline =>
  (progress) => {
    if (now().getTime() - startedAt.getTime() < REACHABLE_WITHIN_SECONDS * 1000) return;
    throw new LifeboatError({
      code: "store-unavailable",
      what: `The restored database could not be looked at within ${REACHABLE_WITHIN_SECONDS} s; the failed one was not touched`,
      received: `${host}:${port}: ${progress()}`,
      allowed: "a connection from here, which its security group lets in",
      hint: "Run this from a machine in the database's network, or with --without-connection: then RDS's word is all that is taken. It goes on where it stopped",
    });
  };

const sayingOnly = (say: (line: string) => void): Log => {
  let last: string | undefined;
  return {
    info: (_, { reason } = {}) => {
      const line = `Not usable yet: ${String(reason)}`;
      if (line !== last) say(line);
      last = line;
    },
    warn: (message) => say(message),
    error: (message) => say(message),
  };
};
