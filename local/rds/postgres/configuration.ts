import { chmod, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "../../../recovery/errors";
import { own } from "./account";
import type { Certificates } from "./certificates";
import { type ServerParameters, settingLine } from "./parameters";
import type { Tools } from "./tools";

export const ADMIN = "rdsadmin";

/** A replica that is cut off for longer than this lasts is lost, not the source's disk. */
const MOST_KEPT = "2GB";

export interface Configuration {
  readonly port: number;
  readonly certificates: Certificates;
  readonly parameters: ServerParameters;
  /** A shell's command line; "true" archives nothing and lets PostgreSQL recycle its WAL. */
  readonly archiveCommand: string;
  /** Of a recovery that is under way. */
  readonly recovery?: Readonly<Record<string, string>>;
  /** Of a primary with a standby, or of the standby. */
  readonly multiAz?: Readonly<Record<string, string>>;
  /** Of a replica: it recovers as long as it is one, and is open to readers. */
  readonly following?: Readonly<Record<string, string>>;
}

/** Later lines win, so what the engine keeps stands last. */
export const configurationText = ({
  port,
  certificates,
  parameters,
  archiveCommand,
  recovery,
  multiAz,
  following,
}: Configuration): string => {
  const group = Object.entries({ timezone: "UTC", log_timezone: "UTC", max_slot_wal_keep_size: MOST_KEPT, ...parameters.settings });
  const own = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    // Sockets have paths of at most 107 bytes, and nothing here needs one.
    unix_socket_directories: "",
    ssl: "on",
    ssl_ca_file: "",
    ssl_cert_file: certificates.certificateFile,
    ssl_key_file: certificates.keyFile,
    wal_level: "replica",
    archive_mode: "on",
    archive_command: archiveCommand,
    // The engine switches segments itself, together with a mark.
    archive_timeout: "0",
    max_wal_senders: "10",
    // A killed server leaves its shared memory behind: in its own directory it is erased with it, in /dev/shm it would stay.
    dynamic_shared_memory_type: "mmap",
    logging_collector: "off",
    log_destination: "stderr",
    // It stays on: what a disaster leaves on the disk is what a real one leaves.
    fsync: "on",
    // Copies are on the disk before a server starts on them: one call for the file system instead of one for each of a thousand files. Linux only.
    ...(process.platform === "linux" ? { recovery_init_sync_method: "syncfs" } : {}),
    full_page_writes: "on",
    ...recovery,
    ...multiAz,
    ...following,
  };
  return [...group, ...Object.entries(own)].map(([name, value]) => `${settingLine(name, value)}\n`).join("");
};

/** Who may connect how: https://www.postgresql.org/docs/15/auth-pg-hba-conf.html. The service's own database is closed to everyone else, as on RDS. */
export const hostAccessText = (forceSsl: boolean): string =>
  [
    `hostssl all ${ADMIN} 127.0.0.1/32 scram-sha-256`,
    `hostssl replication ${ADMIN} 127.0.0.1/32 scram-sha-256`,
    `host ${ADMIN} all 127.0.0.1/32 reject`,
    `${forceSsl ? "hostssl" : "host"} all all 127.0.0.1/32 scram-sha-256`,
    "",
  ].join("\n");

/** For a server that recovers: nobody but the engine sees it. */
const closedText = `hostssl all ${ADMIN} 127.0.0.1/32 scram-sha-256\n`;

/** Writes all files whole, after PostgreSQL itself has read them without complaint. @throws LifeboatError with its complaint; then nothing has changed. */
export const writeConfiguration = async (tools: Tools, dataDirectory: string, configuration: Configuration): Promise<void> => {
  const file = join(dataDirectory, "postgresql.conf");
  const candidate = `${file}.candidate`;
  await writeOwned(tools, candidate, configurationText(configuration));
  // Of its own settings the data directory's name alone is asked for: all of the file is read and judged before that.
  const judged = await tools.attempt("postgres", ["-D", dataDirectory, "-c", `config_file=${candidate}`, "-C", "data_directory"]);
  if (judged.code !== 0) {
    await rm(candidate, { force: true });
    throw new LifeboatError({
      code: "configuration",
      what: "PostgreSQL does not accept the database parameters",
      received: judged.stderr.trim().split("\n").slice(0, 3).join(" | "),
      allowed: "values as PostgreSQL's own documentation gives them",
      hint: "Correct the parameter group: the complaint names the parameter",
    });
  }
  await writeOwned(
    tools,
    join(dataDirectory, "pg_hba.conf"),
    configuration.recovery ? closedText : hostAccessText(configuration.parameters.forceSsl),
  );
  // ALTER SYSTEM of an earlier life must not stand over the parameter group.
  await writeOwned(tools, join(dataDirectory, "postgresql.auto.conf"), "");
  await rename(candidate, file);
};

const writeOwned = async ({ account }: Tools, path: string, text: string): Promise<void> => {
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
  await own(path, account);
};
