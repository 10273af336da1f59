import { chooseRestore } from "../postgres/restore-time";
import type { SignalName, StrategySignals } from "./signals";

/** A way to bring the database back: what it would lose when the primary wrote until now, or why it is closed. */
export type Way =
  | { readonly open: true; readonly lossSeconds: number; readonly asOf: Date }
  | { readonly open: false; readonly lossSeconds?: number; readonly why: string };

/**
 * Whether the replica can become the database. Its replication need not go on: a source that is lost or deleted ends it, and what has arrived stays.
 * Its age is what counts, so one of which nobody knows the age is no way.
 */
export const promotionWay = ({ replica, unread }: StrategySignals, now: Date): Way => {
  if (replica === undefined) return { open: false, why: unreadBecause(unread, "replica") ?? "no standing replica was found" };
  const { instance, status, replicationStatus, lag } = replica;
  const closed = (why: string): Way => ({ open: false, why, ...(lag === undefined ? {} : { lossSeconds: lag.lagSeconds }) });
  if (replica.promoted) return closed(`${instance} follows no source any more: it has been promoted already`);
  if (!PROMOTABLE.includes(status)) return closed(`RDS calls ${instance} "${status || "nothing"}", and promotes what is available`);
  if (lag === undefined) return closed(`nobody knows how far ${instance} is behind (replication: ${replicationStatus || "no status"})`);
  return { open: true, lossSeconds: lag.lagSeconds, asOf: new Date(now.getTime() - lag.lagSeconds * 1000) };
};

/**
 * The words of an instance that is available, or becomes so by itself within minutes; RDS refuses a promotion while it backs up. A word that is not
 * here is not taken for a good one. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status
 */
export const PROMOTABLE: readonly string[] = [
  "available",
  "backing-up",
  "configuring-enhanced-monitoring",
  "configuring-log-exports",
  "maintenance",
  "modifying",
  "rebooting",
  "storage-optimization",
];

/** A restore to the newest time that has arrived: the choice that a recovery itself would make. */
export const newestRestoreWay = ({ backups, unread }: StrategySignals, now: Date): Way => {
  const { chosen, problem } = chooseRestore(backups, { now });
  if (chosen !== undefined) return restored(chosen.asOf, now);
  return { open: false, why: unreadBecause(unread, "automated backups") ?? problem };
};

/** A restore to the last whole second before damage began: nothing that was sent since is in it. Never to a time that has not arrived. */
export const restoreBeforeWay = ({ backups, unread }: StrategySignals, since: Date, now: Date): Way => {
  const target = Math.ceil(since.getTime() / 1000) * 1000 - 1000;
  const [asOf] = backups
    .flatMap(({ window }) => (window === undefined ? [] : [window]))
    .map(({ earliest, latest }) => ({
      from: Math.ceil(earliest.getTime() / 1000),
      to: Math.floor(Math.min(target, latest.getTime()) / 1000),
    }))
    .flatMap(({ from, to }) => (from <= to ? [to * 1000] : []))
    .sort((a, b) => b - a);
  if (asOf !== undefined) return restored(new Date(asOf), now);
  const { problem } = chooseRestore(backups, { time: new Date(target), now });
  const unreadBackups = unreadBecause(unread, "automated backups");
  return { open: false, why: unreadBackups ?? problem ?? `no whole second before ${since.toISOString()} can be restored to` };
};

const restored = (asOf: Date, now: Date): Way => ({
  open: true,
  asOf,
  lossSeconds: Math.max(0, (now.getTime() - asOf.getTime()) / 1000),
});

/** What could not be read is not said to be absent. */
const unreadBecause = (unread: StrategySignals["unread"], signal: SignalName): string | undefined => {
  const reason = unread.find((one) => one.signal === signal)?.reason;
  return reason === undefined ? undefined : `the ${signal} could not be read: ${reason}`;
};
