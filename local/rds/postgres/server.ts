import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { LifeboatError } from "../../../recovery/errors";
import { type Archiver, startArchiver } from "../backups/archiver";
import type { Chain } from "../backups/chain";
import { archiveCommand } from "../backups/spool";
import type { DatabaseServer, DatabaseSettings } from "../engine";
import { asAdmin, HOST } from "./admin";
import { type Configuration, writeConfiguration } from "./configuration";
import type { EngineContext } from "./context";
import { launch } from "./launch";
import { readParameters, type ServerParameters } from "./parameters";
import { setMasterPassword } from "./roles";
import { scramVerifier } from "./scram";

const POLL_MS = 10;

export interface ServerRequest {
  readonly settings: DatabaseSettings;
  readonly dataDirectory: string;
  /** Its data is gone: it is no server any more. */
  readonly onGone: () => void;
}

/** A server of the engine, with the end that belongs to the engine. */
export interface ManagedServer extends DatabaseServer {
  /** Shuts down in order and keeps everything. */
  stop(): Promise<void>;
  archivesTo(chain: Chain): boolean;
}

/** Starts a server on a data directory that is complete, and its archiving. */
export const startServer = async (context: EngineContext, { settings, dataDirectory, onGone }: ServerRequest): Promise<ManagedServer> => {
  const { tools, chains } = context;
  const { region, resourceId } = settings;
  const read = (given: Readonly<Record<string, string>>): ServerParameters =>
    readParameters({ ...context.defaults, ...given }, tools.settings);
  let parameters = read(settings.parameters);
  let archiving = settings.archiving;
  let archiver: Archiver | undefined;

  const configuration = (): Omit<Configuration, "port" | "certificates"> => ({
    parameters,
    archiveCommand: archiving === undefined ? "true" : archiveCommand(chains.open({ region, resourceId }).spoolDirectory),
  });
  const start = (port: number | undefined) => launch(context, { resourceId, dataDirectory, port, configuration: configuration() });
  let { postmaster, port } = await start(settings.port);
  const access = () => context.access(port);

  const reload = async (): Promise<void> => {
    const loadedAt = (): Promise<readonly string[] | undefined> =>
      asAdmin(access(), "postgres", ({ row }) => row("SELECT pg_conf_load_time()::text"));
    const before = await loadedAt();
    await asAdmin(access(), "postgres", ({ run }) => run("SELECT pg_reload_conf()"));
    // A new session has what the postmaster has; it reads the files some milliseconds after it was told to.
    while ((await loadedAt())?.[0] === before?.[0]) await sleep(POLL_MS);
  };
  const write = (): Promise<void> =>
    writeConfiguration(tools, dataDirectory, { ...configuration(), port, certificates: context.certificates });
  const beginArchiving = (baseBackup: "now" | "due"): void => {
    if (archiving === undefined) return;
    const chain = chains.open({ region, resourceId });
    const { now, report } = context;
    archiver = startArchiver({ tools, access, chain, archiving, baseBackup, now, report, isRunning: () => postmaster.running });
  };
  const endArchiving = async (takeRest: boolean): Promise<void> => {
    const ending = archiver;
    archiver = undefined;
    await ending?.stop(takeRest);
  };
  const mustRun = (doing: string): void => {
    if (!postmaster.running) throw notRunning(doing, resourceId);
  };
  beginArchiving("now");

  return {
    region,
    resourceId,
    host: HOST,
    dataDirectory,
    engineVersion: tools.version,
    get port() {
      return port;
    },
    get pid() {
      return postmaster.pid;
    },
    get running() {
      return postmaster.running;
    },
    setMasterPassword: async (password) => {
      mustRun("change its master password");
      await setMasterPassword(access(), scramVerifier(password, context.random(16)));
    },
    applyParameters: async (given) => {
      const before = parameters;
      parameters = read(given);
      try {
        await write();
      } catch (thrown) {
        parameters = before;
        throw thrown;
      }
      // One that a wrong parameter kept from starting starts with the new ones.
      if (!postmaster.running) return [];
      await reload();
      const waiting = await asAdmin(access(), "postgres", ({ rows }) =>
        rows("SELECT name FROM pg_settings WHERE pending_restart ORDER BY name"),
      );
      return waiting.map(([name = ""]) => name);
    },
    setArchiving: async (wanted) => {
      mustRun("change its backups");
      const wasArchiving = archiving !== undefined;
      await endArchiving(false);
      archiving = wanted;
      await write();
      await reload();
      beginArchiving(wasArchiving ? "due" : "now");
    },
    restart: async () => {
      await endArchiving(false);
      await postmaster.stop();
      ({ postmaster, port } = await start(port));
      beginArchiving("due");
    },
    takeBaseBackup: async () => {
      mustRun("take a base backup");
      if (archiver === undefined) throw notArchiving(resourceId);
      await archiver.takeBaseBackup();
    },
    remove: async () => {
      if (postmaster.running) await archiver?.shipNow();
      await postmaster.stop();
      await endArchiving(true);
      await rm(dataDirectory, { recursive: true, force: true });
      onGone();
    },
    archivesTo: (chain) => archiver?.chain === chain,
    stop: async () => {
      await Promise.all([endArchiving(false), postmaster.stop()]);
    },
    kill: async () => {
      await Promise.all([endArchiving(false), postmaster.kill()]);
    },
    erase: async () => {
      if (postmaster.running) throw stillRunning(resourceId);
      if (existsSync(dataDirectory)) await rm(dataDirectory, { recursive: true });
      onGone();
    },
  };
};

const notRunning = (doing: string, resourceId: string): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: `A database that does not run cannot ${doing}`,
    received: resourceId,
    hint: "Restart it, or restore it",
  });

const notArchiving = (resourceId: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "A database without automated backups has no base backups",
    received: resourceId,
    hint: "Set its backup retention to a day at least, or take a snapshot",
  });

const stillRunning = (resourceId: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "The data of a running database is not erased",
    received: resourceId,
    hint: "Kill it first",
  });
