import { LifeboatError } from "../../../recovery/errors";

/** Settings by PostgreSQL's own names, and whether clients must use TLS. */
export interface ServerParameters {
  readonly settings: Readonly<Record<string, string>>;
  readonly forceSsl: boolean;
}

const FORCE_SSL = "rds.force_ssl";

const OWNED = new Set(
  (
    "listen_addresses port data_directory config_file hba_file ident_file external_pid_file wal_level fsync full_page_writes max_wal_senders " +
    "restore_command hot_standby logging_collector log_destination log_directory log_filename log_file_mode dynamic_shared_memory_type bonjour"
  ).split(" "),
);
const OWNED_PREFIXES = ["archive_", "recovery_", "primary_", "synchronous_standby_", "unix_socket_", "ssl_", "krb_", "promote_"];

/** Settings that backups, restores and encryption depend on: the engine's own, as they are RDS's own. */
export const isOwnedByEngine = (name: string): boolean =>
  name === "ssl" || OWNED.has(name) || OWNED_PREFIXES.some((prefix) => name.startsWith(prefix));

/** @throws LifeboatError that names the parameter, when it is unknown, the engine's own, or one of RDS's own that nothing here carries out. */
export const readParameters = (parameters: Readonly<Record<string, string>>, known: ReadonlySet<string>): ServerParameters => {
  const settings: Record<string, string> = {};
  const libraries = (parameters.shared_preload_libraries ?? "").split(",").map((name) => name.trim());
  for (const [name, value] of Object.entries(parameters)) {
    if (name === FORCE_SSL) continue;
    if (name.startsWith("rds.")) throw refused(name, `a setting of RDS that has no effect here`, FORCE_SSL);
    if (isOwnedByEngine(name))
      throw refused(name, "a setting that the database service keeps itself", "the settings that a parameter group may change");
    const extension = name.includes(".") ? name.slice(0, name.indexOf(".")) : undefined;
    const isKnown = extension === undefined ? known.has(name) : libraries.includes(extension);
    if (!isKnown)
      throw refused(name, "no setting of this PostgreSQL", "its own names, and those of the libraries in shared_preload_libraries");
    if (/[\r\n\0]/.test(value)) throw refused(name, `a value with a line break: ${JSON.stringify(value)}`, "values of one line");
    settings[name] = value;
  }
  return { settings, forceSsl: readForceSsl(parameters[FORCE_SSL]) };
};

/** TLS is demanded unless it is switched off, from version 15 on: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html */
const readForceSsl = (value = "1"): boolean => {
  if (value === "1" || value === "0") return value === "1";
  throw refused(FORCE_SSL, `the value ${JSON.stringify(value)}`, "0 or 1");
};

const refused = (name: string, received: string, allowed: string): LifeboatError =>
  new LifeboatError({
    code: "configuration",
    what: `The database parameter ${name} cannot be set`,
    received,
    allowed,
    hint: `Remove ${name} from the parameter group, or correct it`,
  });

/** A line of a configuration file: https://www.postgresql.org/docs/15/config-setting.html */
export const settingLine = (name: string, value: string): string => `${name} = '${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
