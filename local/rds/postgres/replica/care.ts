import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../../recovery/errors";
import { type AdminAccess, asAdmin } from "../admin";
import { ADMIN } from "../configuration";
import { createSerial } from "../standby/serial";
import { dropSlotsBut } from "./slots";

/** What a source does for its replicas. */
export interface Care {
  /** Prepares it for its first one, and writes a heartbeat from then on. */
  begin(access: AdminAccess): Promise<void>;
  /** Drops the slots of replicas that are no longer: now, or when the source runs again. */
  settle(): Promise<void>;
  /** Resolves when nothing is written any more. */
  stop(): Promise<void>;
}

export interface CareOptions {
  readonly name: string;
  readonly heartbeatSeconds: number;
  /** undefined while it does not run, "gone" when it never will again. */
  readonly access: () => AdminAccess | undefined | "gone";
  /** The slots of its replicas. */
  readonly slots: () => readonly string[];
  readonly report: (problem: string) => void;
}

export const createCare = (options: CareOptions): Care => {
  let stopped = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let underWay = false;
  let owes = false;

  // Of two that drop the same slot one fails.
  const settling = createSerial();
  const settle = (): Promise<void> =>
    settling(async () => {
      const access = options.access();
      if (access === "gone") return;
      owes = true;
      if (access === undefined) return;
      await dropSlotsBut(access, options.slots());
      owes = false;
    });
  const reported = async (doing: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      if (!stopped.signal.aborted) options.report(`${options.name}: could not ${doing}: ${messageOf(thrown)}`);
    }
  };
  const isNeeded = (): boolean => options.slots().length > 0 || owes;
  const loop = async (signal: AbortSignal): Promise<void> => {
    try {
      while (isNeeded() && !signal.aborted) {
        const access = options.access();
        if (access === "gone") return;
        if (access !== undefined) {
          await reported("write its heartbeat", () => writeHeartbeat(access));
          if (owes) await reported("drop a replica's slot", settle);
        }
        await sleep(options.heartbeatSeconds * 1000, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      underWay = false;
    }
  };
  const start = (): void => {
    if (underWay) return;
    underWay = true;
    stopped = new AbortController();
    running = loop(stopped.signal);
  };

  return {
    begin: async (access) => {
      await prepareHeartbeat(access);
      start();
    },
    settle: async () => {
      await reported("drop a replica's slot", settle);
      if (owes) start();
    },
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
};

const prepareHeartbeat = (access: AdminAccess): Promise<void> =>
  asAdmin(access, ADMIN, ({ run }) =>
    run(`CREATE TABLE IF NOT EXISTS heartbeat (at timestamptz NOT NULL);
      INSERT INTO heartbeat SELECT clock_timestamp() WHERE NOT EXISTS (SELECT FROM heartbeat)`),
  );

/**
 * A commit that replicas can tell their lag by when nobody else commits. It is in the service's own database, but transactions are the whole server's:
 * `pg_last_committed_xact()` and `pg_last_xact_replay_timestamp()` answer with it in every database.
 */
const writeHeartbeat = (access: AdminAccess): Promise<void> =>
  asAdmin(access, ADMIN, ({ run }) =>
    // Waits for no standby: one that is missing would hold it up.
    run("SET synchronous_commit = local; UPDATE heartbeat SET at = clock_timestamp()"),
  );
