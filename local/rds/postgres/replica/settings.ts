import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { own } from "../account";
import { HOST } from "../admin";
import { ADMIN } from "../configuration";
import type { EngineContext } from "../context";

/** Of a streaming connection whose other side does not answer, beside the time that each way takes. */
const PATIENCE_MS = 60_000;

export interface Stream {
  /** Of the link to the source. */
  readonly port: number;
  readonly slot: string;
  readonly lagSeconds: number;
  readonly passwordFile: string;
}

/** What makes a server a standby: https://www.postgresql.org/docs/15/runtime-config-replication.html#RUNTIME-CONFIG-REPLICATION-STANDBY */
export const streamSettings = (
  context: EngineContext,
  { port, slot, lagSeconds, passwordFile }: Stream,
): Readonly<Record<string, string>> => {
  // Each side asks the other for a sign of life at half of it, and the answer is under way for the lag.
  const timeoutMs = PATIENCE_MS + 2 * lagSeconds * 1000;
  const connection = {
    host: HOST,
    port: String(port),
    user: ADMIN,
    // Not the password itself: the master user sees all settings, as a member of pg_monitor.
    passfile: passwordFile,
    sslmode: "verify-full",
    sslrootcert: context.certificates.caFile,
    application_name: slot,
    options: `-c wal_sender_timeout=${timeoutMs}`,
  };
  return {
    primary_conninfo: Object.entries(connection)
      .map(([name, value]) => `${name}='${value.replace(/[\\']/g, "\\$&")}'`)
      .join(" "),
    primary_slot_name: slot,
    hot_standby: "on",
    // A source that failed over goes on on a new timeline.
    recovery_target_timeline: "latest",
    wal_receiver_timeout: `${timeoutMs}ms`,
    wal_retrieve_retry_interval: "1s",
  };
};

/** A password file for the engine's own role, outside of every data directory: those are copied into backups. https://www.postgresql.org/docs/15/libpq-pgpass.html */
export const writePasswordFile = async ({ layout, tools, access }: EngineContext): Promise<string> => {
  const file = join(layout.root, "replication.pgpass");
  await writeFile(file, `${HOST}:*:replication:${ADMIN}:${access(0).password}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  await own(file, tools.account);
  return file;
};
