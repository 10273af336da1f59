import { setTimeout as sleep } from "node:timers/promises";
import { LifeboatError } from "../../../../recovery/errors";
import { type AdminAccess, asAdmin } from "../admin";
import { ADMIN } from "../configuration";
import { STANDBY } from "./settings";

const POLL_MS = 20;
const CAUGHT_UP_WITHIN_MS = 10 * 60_000;

/** `lsn` undefined: any position. @throws when `isPossible` no longer is, or after ten minutes. */
const until = async (access: AdminAccess, lsn: string | undefined, isPossible: () => boolean): Promise<void> => {
  const deadline = performance.now() + CAUGHT_UP_WITHIN_MS;
  while (!(await holds(access, lsn))) {
    if (!isPossible()) throw ended("the standby or its primary ended meanwhile");
    if (performance.now() > deadline) throw ended(`${CAUGHT_UP_WITHIN_MS / 1000} s were not enough`);
    await sleep(POLL_MS);
  }
};

/** Whether the standby streams, and has everything up to the position on its disk. */
const holds = (access: AdminAccess, lsn: string | undefined): Promise<boolean> =>
  asAdmin(access, ADMIN, async ({ row }) => {
    const found = await row(
      "SELECT 1 FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming' AND flush_lsn >= $2::pg_lsn",
      [STANDBY, lsn ?? "0/0"],
    );
    return found !== undefined;
  });

export const isStreaming = (access: AdminAccess): Promise<boolean> => holds(access, undefined);

export const untilStreaming = (access: AdminAccess, isPossible: () => boolean): Promise<void> => until(access, undefined, isPossible);

/**
 * To be asked when the primary has loaded that commits wait. Resolves when every commit that was acknowledged is on the standby's disk, and every later one is
 * before it is acknowledged.
 */
export const untilSynchronous = async (access: AdminAccess, isPossible: () => boolean): Promise<void> => {
  const flushed = await asAdmin(access, ADMIN, async ({ run, row }) => {
    // Sessions go by what the checkpointer has loaded (`SyncRepUpdateSyncStandbysDefined`), which it does before it begins another checkpoint.
    await run("CHECKPOINT");
    return row("SELECT pg_current_wal_flush_lsn()::text");
  });
  await until(access, flushed?.[0], isPossible);
};

/** The standby's slot, with the session that a killed one leaves for a moment. Nothing to do where there is none. */
export const dropSlot = (access: AdminAccess): Promise<void> =>
  asAdmin(access, ADMIN, async ({ row }) => {
    for (;;) {
      const slot = await row("SELECT active::text FROM pg_replication_slots WHERE slot_name = $1", [STANDBY]);
      if (slot === undefined) return;
      if (slot[0] === "false") {
        await row("SELECT pg_drop_replication_slot($1)::text", [STANDBY]);
      } else {
        await row("SELECT pg_terminate_backend(active_pid)::text FROM pg_replication_slots WHERE slot_name = $1 AND active", [STANDBY]);
        await sleep(POLL_MS);
      }
    }
  });

const ended = (received: string): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: "The standby did not catch up with its primary",
    received,
    hint: "Its log, that of the database with -standby behind its name, says more; another one is made when its zone and its primary are there",
  });
