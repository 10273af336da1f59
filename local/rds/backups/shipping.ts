import { setTimeout as sleep } from "node:timers/promises";
import { LifeboatError } from "../../../recovery/errors";
import { type AdminAccess, type AdminSession, asAdmin } from "../postgres/admin";
import { ADMIN } from "../postgres/configuration";
import type { Chain } from "./chain";
import { formatMicros, type Micros } from "./micros";
import { parseLsn, type Segment, segmentName, segmentNumberBefore } from "./segments";

/** Makes the times up to now restorable. */
export interface Shipper {
  /** Resolves when the newest mark's segment is archived. @throws when the server does not answer, or does not archive. */
  ship(signal: AbortSignal): Promise<void>;
  /** The same, with a mark of its own even when nothing was written: what came before may end in a later segment than the last mark. */
  shipAfterBaseBackup(signal: AbortSignal): Promise<void>;
}

/** What a mark left behind it, when no other transaction was under way: as long as this is all, nothing was committed since. */
interface Quiet {
  readonly snapshot: string;
  readonly segment: string;
  readonly lsn: string;
}

const ARCHIVED_WITHIN_MS = 120_000;
const POLL_MS = 20;

export const createShipper = (access: () => AdminAccess, chain: Chain, now: () => Date): Shipper => {
  let quiet: Quiet | undefined;
  const note = async (time: Micros, { segment, lsn }: Pick<Quiet, "segment" | "lsn">, idle: boolean): Promise<void> => {
    // A clock that was set back: its times come again, and only the first ones are in order.
    if (time <= (chain.newestMark()?.time ?? 0n)) return;
    await chain.append({ kind: "mark", time: formatMicros(time), segment, lsn, idle, archivedAt: now().toISOString() });
  };
  const ship = (signal: AbortSignal): Promise<void> =>
    asAdmin(access(), ADMIN, async (session) => {
      const before = await textOf(session, "SELECT pg_current_snapshot()::text");
      const time = await clockOf(session);
      if (quiet !== undefined && (await isStill(session, quiet.snapshot))) return await note(time, quiet, true);
      quiet = undefined;
      const marked = await writeMark(session);
      await untilArchived(chain, marked.segment, signal);
      await note(time, marked, false);
      // All transactions before the mark's own had ended, and it was the next: then its end is the last of all.
      if (before === `${marked.xid}:${marked.xid}:`)
        quiet = { ...marked, snapshot: `${BigInt(marked.xid) + 1n}:${BigInt(marked.xid) + 1n}:` };
    });
  return {
    ship,
    shipAfterBaseBackup: (signal) => {
      quiet = undefined;
      return ship(signal);
    },
  };
};

const textOf = async (session: AdminSession, sql: string): Promise<string> => (await session.row(sql))?.[0] ?? "";

const clockOf = async (session: AdminSession): Promise<Micros> =>
  BigInt(await textOf(session, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"));

/**
 * Asked after the time was read. A commit has its time before it is written and its transaction's end after that: one with an earlier time
 * than the one read either still has its number, or has changed the snapshot.
 */
const isStill = async (session: AdminSession, snapshot: string): Promise<boolean> => {
  const underWay = await textOf(
    session,
    "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL) + (SELECT count(*) FROM pg_prepared_xacts)",
  );
  return underWay === "0" && (await textOf(session, "SELECT pg_current_snapshot()::text")) === snapshot;
};

/**
 * A transaction of its own, whose commit is later than the time that was read: a recovery to that time, or to any before, finds a commit to stop
 * at. (One that finds none fails: "recovery ended before configured recovery target was reached".) Then the segment is closed, to be archived.
 */
const writeMark = async (session: AdminSession): Promise<Quiet & { readonly xid: string }> => {
  const xid = await textOf(session, "SELECT pg_current_xact_id()::text FROM pg_logical_emit_message(true, 'lifeboat', 'mark')");
  const timeline = await textOf(session, "SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)");
  const lsn = await textOf(session, "SELECT pg_switch_wal()");
  const segment: Segment = { timeline: Number.parseInt(timeline, 16), number: segmentNumberBefore(parseLsn(lsn)) };
  return { xid, lsn, segment: segmentName(segment), snapshot: "" };
};

const untilArchived = async (chain: Chain, segment: string, signal: AbortSignal): Promise<void> => {
  const deadline = performance.now() + ARCHIVED_WITHIN_MS;
  while (chain.segment(segment) === undefined) {
    if (performance.now() > deadline) {
      throw new LifeboatError({
        code: "store-unavailable",
        what: `The WAL segment ${segment} was not archived within ${ARCHIVED_WITHIN_MS / 1000} s`,
        hint: `The server's log says why its archive command fails; what arrived is in ${chain.spoolDirectory}`,
      });
    }
    await sleep(POLL_MS, undefined, { signal });
  }
};
