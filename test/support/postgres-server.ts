import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../local/ports";
import { findOnPath, type RunningProcess, run, startProcess, waitUntil } from "../../local/process";

/** A real PostgreSQL, its superuser on a Unix socket, and an application's database whose owner is no superuser. */
export interface TestPostgres {
  readonly host: "127.0.0.1";
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** PEM: the authority that its certificate comes from. Empty without TLS. */
  readonly ca: string;
  readonly process: RunningProcess;
  /** Statements as superuser; resolves to what psql prints, unaligned and without headers. */
  superuser(sql: string, database?: string): Promise<string>;
  /** A base backup to restore from. */
  baseBackup(): Promise<void>;
  /** Archives what has been written until now; resolves when it is in the archive. */
  archiveNow(): Promise<void>;
  /** A new server from the base backup and the archive, taken to this time. */
  restoreTo(time: Date): Promise<TestPostgres>;
  /** Stops the server and removes all that it kept. */
  stop(): Promise<void>;
}

export interface TestPostgresOptions {
  /** false: it speaks plain, for what refuses that. */
  readonly tls?: boolean;
}

const ACCESS = { host: "127.0.0.1", database: "shop", user: "shop", password: "a 'quoted' \\ password" } as const;
const SUPERUSER = "rdsadmin";

interface Place {
  /** Everything that the server and its restored successors keep. */
  readonly root: string;
  readonly bin: string;
  /** PostgreSQL refuses to run as root. */
  readonly ids: { readonly uid?: number; readonly gid?: number };
  readonly tls: boolean;
}

export const startTestPostgres = async ({ tls = true }: TestPostgresOptions = {}): Promise<TestPostgres> => {
  const place: Place = { root: mkdtempSync(join(tmpdir(), "lifeboat-pg-")), bin: binaries(), ids: await unprivileged(), tls };
  own(place, place.root);
  try {
    for (const name of ["archive", "base"]) directory(place, name);
    if (tls) await certificate(place);
    const data = directory(place, "data");
    await tool(place, "initdb", ["-D", data, "-U", SUPERUSER, "--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync"]);
    writeFileSync(
      join(data, "pg_hba.conf"),
      `local all,replication all trust\n${tls ? "hostssl" : "host"} all all 127.0.0.1/32 scram-sha-256\n`,
    );
    const server = await start(place, "data", [`archive_mode = on`, `archive_command = 'cp %p "${join(place.root, "archive")}/%f"'`]);
    await server.superuser(`CREATE ROLE ${ACCESS.user} LOGIN PASSWORD '${ACCESS.password.replaceAll("'", "''")}'`, "postgres");
    await server.superuser(`CREATE DATABASE ${ACCESS.database} OWNER ${ACCESS.user}`, "postgres");
    return server;
  } catch (error) {
    rmSync(place.root, { recursive: true, force: true });
    throw error;
  }
};

const start = async (place: Place, name: string, settings: readonly string[]): Promise<TestPostgres> => {
  const { root, bin, ids, tls } = place;
  const data = join(root, name);
  const port = await freePort();
  const encrypted = ["ssl = on", `ssl_cert_file = '${join(root, "server.crt")}'`, `ssl_key_file = '${join(root, "server.key")}'`];
  writeFileSync(
    join(data, "postgresql.auto.conf"),
    [
      "listen_addresses = '127.0.0.1'",
      `port = ${port}`,
      `unix_socket_directories = '${root}'`,
      "shared_buffers = 32MB",
      ...(tls ? encrypted : []),
      ...settings,
      "",
    ].join("\n"),
  );
  const running = startProcess({
    command: join(bin, "postgres"),
    args: ["-D", data],
    ...ids,
    cwd: root,
    logFile: join(root, `${name}.log`),
  });
  const superuser = (sql: string, database: string = ACCESS.database): Promise<string> =>
    tool(place, "psql", ["-h", root, "-p", String(port), "-U", SUPERUSER, "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]);
  await waitUntil(async () => (await superuser("SELECT pg_is_in_recovery()", "postgres")).trim() === "f", {
    timeoutMs: 30_000,
    intervalMs: 50,
    what: "PostgreSQL answers, with recovery ended",
    process: running,
  });
  return {
    ...ACCESS,
    port,
    ca: tls ? readFileSync(join(root, "ca.crt"), "utf8") : "",
    process: running,
    superuser,
    baseBackup: async () => {
      const to = ["-D", join(root, "base"), "-c", "fast", "-X", "none", "--no-sync"];
      await tool(place, "pg_basebackup", ["-h", root, "-p", String(port), "-U", SUPERUSER, ...to]);
    },
    archiveNow: async () => {
      const segment = (await superuser("SELECT pg_walfile_name(pg_switch_wal())")).trim();
      await waitUntil(() => readdirSync(join(root, "archive")).includes(segment), {
        timeoutMs: 20_000,
        intervalMs: 20,
        what: `segment ${segment} is in the archive`,
      });
    },
    restoreTo: async (time) => {
      const restored = `restored-${time.getTime()}`;
      await tool(place, "cp", ["-a", join(root, "base"), join(root, restored)], "/bin:/usr/bin");
      chmodSync(join(root, restored), 0o700);
      writeFileSync(join(root, restored, "recovery.signal"), "");
      return start(place, restored, [
        `restore_command = 'cp "${join(root, "archive")}/%f" "%p"'`,
        // An offset: abbreviations of zones, Z among them, are not known yet when the server reads this.
        `recovery_target_time = '${time.toISOString().replace("Z", "+00")}'`,
        "recovery_target_action = 'promote'",
      ]);
    },
    stop: async () => {
      await running.stop(5000);
      // The restored ones share the folder: it goes away with the first.
      rmSync(name === "data" ? root : data, { recursive: true, force: true });
    },
  };
};

const binaries = (): string => {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const found = [process.env.LIFEBOAT_POSTGRES_BIN, ...versions.map((version) => join(debian, version, "bin"))].find(
    (folder) => folder !== undefined && existsSync(join(folder, "initdb")),
  );
  const onPath = findOnPath("initdb", process.env.PATH ?? "");
  const bin = found ?? onPath?.replace(/\/initdb$/, "");
  if (bin === undefined) throw new Error("No PostgreSQL server: install Debian's package postgresql, or set LIFEBOAT_POSTGRES_BIN");
  return bin;
};

/** The user that Debian's package makes. */
const unprivileged = async (): Promise<Place["ids"]> => {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string): Promise<number> => Number((await run({ command: "id", args: [flag, "postgres"] })).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
};

const own = ({ ids: { uid, gid } }: Place, path: string): void => {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
};

const directory = (place: Place, name: string): string => {
  const path = join(place.root, name);
  mkdirSync(path, { mode: 0o700 });
  own(place, path);
  return path;
};

const tool = async ({ bin, ids, root }: Place, name: string, args: readonly string[], path = bin): Promise<string> => {
  const env = { ...process.env, PATH: path, HOME: root };
  const { code, stdout, stderr } = await run({ command: name, args, ...ids, cwd: root, env });
  if (code !== 0) throw new Error(`${name}: ${stderr}${stdout}`);
  return stdout;
};

const certificate = async (place: Place): Promise<void> => {
  const { root } = place;
  const openssl = (...args: readonly string[]) => tool(place, "openssl", args, process.env.PATH);
  const file = (name: string): string => join(root, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  await openssl("req", "-x509", ...key, "-keyout", file("ca.key"), "-out", file("ca.crt"), "-subj", "/CN=test authority");
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const issuer = ["-CA", file("ca.crt"), "-CAkey", file("ca.key")];
  await openssl("req", "-x509", ...key, ...issuer, ...names, "-keyout", file("server.key"), "-out", file("server.crt"));
  chmodSync(file("server.key"), 0o600);
};
