import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { LifeboatError } from "../../../recovery/errors";
import { createRegistry } from "../backups/registry";
import { createSnapshots } from "../backups/snapshots";
import type { DatabaseEngine } from "../engine";
import { makeRoot, own, serverAccount } from "./account";
import { makeCertificates } from "./certificates";
import type { EngineContext } from "./context";
import { createEngine } from "./engine";
import { createLayout } from "./layout";
import { createZones } from "./standby/zones";
import { createTools } from "./tools";

export interface DatabaseEngineOptions {
  /** The directory with `initdb`, `postgres`, `pg_basebackup` ... */
  readonly binDirectory: string;
  /** A Python with the package `cryptography`, for the certificates. */
  readonly python: string;
  /** A new or empty directory. When the user that servers run as cannot reach it, a temporary one takes its place: see `root`. */
  readonly dataRoot: string;
  /** A log for each server by its resource id, and `engine.log`. */
  readonly logDirectory: string;
  readonly now: () => Date;
  readonly random?: (bytes: number) => Buffer;
  /** PostgreSQL settings of every server, below its parameter group's. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Between two commits of the engine's own on a database with replicas, which tell their lag by it when nobody else commits. RDS: 300; here 5. */
  readonly heartbeatSeconds?: number;
}

export interface LocalDatabaseEngine extends DatabaseEngine {
  /** Clients verify the servers' certificates (DNS:localhost, IP:127.0.0.1) with it. */
  readonly caFile: string;
  /** Where the data is: `<root>/regions/<region>` holds all of a region. */
  readonly root: string;
}

/** Real PostgreSQL servers on this machine behind the port that the RDS API uses. Nothing runs until a database is created. */
export const createDatabaseEngine = async (options: DatabaseEngineOptions): Promise<LocalDatabaseEngine> => {
  const account = await serverAccount();
  const { root, temporary } = await makeRoot(options.dataRoot, account);
  if (existsSync(join(root, "regions"))) throw usedRoot(root);
  const layout = createLayout(root);
  await mkdir(options.logDirectory, { recursive: true });
  const [tools, certificates] = await Promise.all([
    createTools(options.binDirectory, root, account),
    makeCertificates(layout.tls, options.python, account),
  ]);
  await mkdir(join(root, "regions"), { mode: 0o700 });
  await own(join(root, "regions"), account);
  const random = options.random ?? randomBytes;
  const password = random(24).toString("base64url");
  const ca = await readFile(certificates.caFile, "utf8");
  const { now, defaults = {}, logDirectory, heartbeatSeconds = 5 } = options;
  const context: EngineContext = {
    tools,
    layout,
    certificates,
    chains: createRegistry(layout, account),
    zones: createZones(),
    access: (port) => ({ port, ca, caFile: certificates.caFile, password }),
    now,
    random,
    logDirectory,
    defaults,
    heartbeatSeconds,
    report: (problem) => appendFileSync(join(logDirectory, "engine.log"), `${now().toISOString()} ${problem}\n`),
  };
  const engine = createEngine(context, createSnapshots(layout, tools));
  const stop = async (): Promise<void> => {
    await engine.stop();
    // The one that was given is its owner's to remove.
    if (temporary) await rm(root, { recursive: true, force: true });
  };
  return { ...engine, stop, caFile: certificates.caFile, root };
};

const usedRoot = (root: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "The directory for the databases holds those of an earlier run",
    received: root,
    allowed: "a new or empty directory",
    hint: `Look whether anything in it is still wanted, then remove it: rm -r ${root}`,
  });
