import { HOST } from "../admin";
import { ADMIN } from "../configuration";
import type { EngineContext } from "../context";

/** The standby's session and slot at its primary, by which a commit knows whom it waits for. */
export const STANDBY = "rds_standby";

/** WAL that every server of a pair keeps: a read replica that comes back after a failover finds there what it has not received. */
const KEPT_WAL = "256MB";
/** A standby that does not answer for so long is a dead one. PostgreSQL's own 60 s would be 60 s in which commits wait. */
const PATIENCE = "10s";

const OFF = new Set(["off", "false", "no", "0"]);

type Settings = Readonly<Record<string, string>>;

/** Nobody is let in while it recovers: it would be a reader of the past. */
export const CLOSED: Settings = { hot_standby: "off" };

/** Of a standby that becomes the primary as it starts: it replays what is on its own disk and takes nothing from an archive. */
export const TAKEOVER: Settings = { ...CLOSED, restore_command: "false" };

/**
 * What a primary's configuration says. `waits`: commits wait until the standby has them on its disk.
 *
 * RDS mirrors the blocks of the disk, so there each commit that is on the primary's disk is on both. That is `synchronous_commit = on` here: a parameter group
 * that says `local`, `remote_write` or `remote_apply`, which are all that on RDS, gets it.
 * A session that says `SET synchronous_commit = off` gives up the same as on RDS: its last commits, up to three times `wal_writer_delay` of them, may be lost
 * in a failover as in any crash. One that says `local` or `remote_write` loses them here and not on RDS: everyone may set it for their own session
 * (https://www.postgresql.org/docs/15/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT), and PostgreSQL has nothing to forbid it with.
 */
export const primarySettings = (group: Settings, waits: boolean): Settings => ({
  ...kept(group),
  ...(waits ? { synchronous_standby_names: STANDBY } : {}),
  ...(waits && !OFF.has((group.synchronous_commit ?? "on").toLowerCase()) ? { synchronous_commit: "on" } : {}),
});

/** Who stands by is read by nobody, as on RDS. */
export const standbySettings = (
  group: Settings,
  context: EngineContext,
  source: { readonly port: number; readonly passwordFile: string },
): Settings => ({
  ...kept(group),
  ...CLOSED,
  primary_slot_name: STANDBY,
  primary_conninfo: Object.entries({
    host: HOST,
    port: String(source.port),
    user: ADMIN,
    // The master user sees all settings once this is a primary: not the password itself.
    passfile: source.passwordFile,
    sslmode: "verify-full",
    sslrootcert: context.certificates.caFile,
    application_name: STANDBY,
    options: `-c wal_sender_timeout=${PATIENCE}`,
  })
    .map(([name, value]) => `${name}='${value.replace(/[\\']/g, "\\$&")}'`)
    .join(" "),
  wal_receiver_timeout: PATIENCE,
  // A primary that restarts is found again at once: commits wait for it.
  wal_retrieve_retry_interval: "200ms",
});

const kept = (group: Settings): Settings => (group.wal_keep_size === undefined ? { wal_keep_size: KEPT_WAL } : {});
