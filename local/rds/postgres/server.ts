import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { messageOf } from "../../../recovery/errors";
import { type Archiver, startArchiver } from "../backups/archiver";
import type { Chain } from "../backups/chain";
import { archiveCommand } from "../backups/spool";
import type { DatabaseServer, DatabaseSettings } from "../engine";
import { asAdmin, HOST, reloadConfiguration } from "./admin";
import { type Configuration, writeConfiguration } from "./configuration";
import type { EngineContext } from "./context";
import { launch } from "./launch";
import { readParameters } from "./parameters";
import type { Postmaster } from "./postmaster";
import { killTree } from "./process-tree";
import { notArchiving, notRunning, stillRunning } from "./refusals";
import type { Following } from "./replica/following";
import { type Minimums, raisedTo, readMinimums } from "./replica/minimums";
import { endRecovery, noReplica, readOnly } from "./replica/promotion";
import { setMasterPassword } from "./roles";
import { scramVerifier } from "./scram";
import { createMultiAz } from "./standby/multi-az";
import type { Place } from "./standby/primary";
import { standbyOfReplica } from "./standby/refusals";
import { createSerial } from "./standby/serial";
import { CLOSED, TAKEOVER } from "./standby/settings";
import { isTakingOver, prepareTakeover } from "./standby/takeover";
import { mustHavePower } from "./standby/zones";

export interface ServerRequest {
  readonly settings: DatabaseSettings;
  readonly dataDirectory: string;
  /** Its data is gone: it is no server any more. */
  readonly onGone: () => void;
  /** Called right before it shuts down in order, and when it has ended in any way. */
  readonly onStopping: () => void;
  /** Of a replica, whose data directory says so too. */
  readonly following?: Following;
}

/** A server of the engine, with the end that belongs to the engine. */
export interface ManagedServer extends DatabaseServer {
  /** Shuts down in order and keeps everything. */
  stop(): Promise<void>;
  archivesTo(chain: Chain): boolean;
  /** SIGKILL to what it runs in the zone; resolves to the processes. It fails over by itself. */
  loseZone(zone: string): Promise<readonly number[]>;
  /** What the zone's loss ended is there again, when it resolves or as soon as that works. */
  resumeZone(zone: string): Promise<void>;
}

/** Starts a server on a data directory that is complete, and its archiving. */
export const startServer = async (context: EngineContext, request: ServerRequest): Promise<ManagedServer> => {
  const { settings, onGone } = request;
  const { tools, chains, zones } = context;
  const { region, resourceId } = settings;
  const read = (given: DatabaseSettings["parameters"]) => readParameters({ ...context.defaults, ...given }, tools.settings);
  let parameters = read(settings.parameters);
  let archiving = settings.archiving;
  let archiver: Archiver | undefined;
  let following = request.following;
  let minimums: Minimums = new Map();
  let promoting: Promise<void> | undefined;
  let place: Place = { zone: settings.zone, dataDirectory: request.dataDirectory };
  /** The zone whose loss ended it. */
  let lostIn: string | undefined;
  /** It was started as a standby that takes over, and a setting of that time cannot be changed before it starts again. */
  let tookOver = false;
  const [exclusive, configuring] = [createSerial(), createSerial()];

  const configuration = (): Omit<Configuration, "port" | "certificates"> => ({
    parameters: following === undefined ? parameters : raisedTo(minimums, parameters),
    // A replica's WAL is its source's; its own begins with its promotion.
    archiveCommand:
      archiving === undefined || following !== undefined ? "true" : archiveCommand(chains.open({ region, resourceId }).spoolDirectory),
    multiAz: { ...multiAz.settings(), ...(tookOver ? CLOSED : {}), ...(isTakingOver(place.dataDirectory) ? TAKEOVER : {}) },
    following: following?.settings,
  });
  const start = (at: number | undefined, signal?: AbortSignal) =>
    configuring(async () => {
      const { zone, dataDirectory } = place;
      mustHavePower(zones, region, zone);
      tookOver = isTakingOver(dataDirectory);
      if (following !== undefined) minimums = await readMinimums(tools, dataDirectory);
      const launched = await launch(context, { resourceId, dataDirectory, port: at, signal, configuration: configuration() });
      lostIn = undefined;
      void launched.postmaster.ended.then(({ told }) => {
        request.onStopping();
        if (!told) void lost(launched.postmaster);
      });
      // Lost while it started, when nobody knew of it.
      if (!zones.hasPower(region, zone)) await loseIn(zone, launched.postmaster);
      return launched;
    });
  const loseIn = async (zone: string, losing: Postmaster): Promise<void> => {
    lostIn = zone;
    await killTree(losing.pid);
    await losing.ended;
  };
  const lost = (which: Postmaster): Promise<void> =>
    exclusive(async () => {
      if (which !== postmaster) return;
      // What the kernel keeps of it is given back.
      await which.kill();
      await multiAz.takeOver("primary lost");
    }).catch((thrown) => context.report(`${resourceId}: did not fail over: ${messageOf(thrown)}`));
  const startAgain = async (): Promise<void> => {
    // One that died left it to whoever comes after.
    await endArchiving(false);
    multiAz.beforeStart();
    ({ postmaster, port } = await start(port));
    beginArchiving("due");
    void multiAz.keep();
  };

  const multiAz = createMultiAz(context, {
    ...{ region, resourceId, exclusive },
    place: () => place,
    access: () => access(),
    isRunning: () => postmaster.running,
    parameters: () => parameters,
    write: () => write(),
    load: () => reload(),
    moveTo: async (next, signal) => {
      await endArchiving(true);
      await prepareTakeover(next.dataDirectory, archiving && chains.open({ region, resourceId }));
      place = next;
      ({ postmaster, port } = await start(port, signal));
      beginArchiving("due");
    },
  });
  let { postmaster, port } = await start(settings.port);
  const access = () => context.access(port);

  const reload = (): Promise<void> => reloadConfiguration(access());
  const write = (): Promise<void> =>
    configuring(() => writeConfiguration(tools, place.dataDirectory, { ...configuration(), port, certificates: context.certificates }));
  const beginArchiving = (baseBackup: "now" | "due"): void => {
    if (archiving === undefined || following !== undefined) return;
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
  const shutDown = (): Promise<void> => {
    request.onStopping();
    return postmaster.stop();
  };
  const promote = async (): Promise<void> => {
    const ending = following;
    if (ending === undefined) throw noReplica(resourceId);
    mustRun("be promoted");
    ending.cut();
    await endRecovery(access(), resourceId);
    following = undefined;
    // As RDS does, and with nothing left of what it needed to follow: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html
    await shutDown();
    await startAgain();
    // The source may be out of reach, and is no concern of this server any more.
    void ending.end();
  };
  beginArchiving("now");

  return {
    region,
    resourceId,
    host: HOST,
    engineVersion: tools.version,
    get dataDirectory() {
      return place.dataDirectory;
    },
    get zone() {
      return place.zone;
    },
    get standby() {
      return multiAz.standby;
    },
    get port() {
      return port;
    },
    get pid() {
      return postmaster.pid;
    },
    get running() {
      return postmaster.running;
    },
    replicaState: async () => following?.state(postmaster.running ? access() : undefined),
    promote: () => {
      promoting ??= exclusive(promote).finally(() => {
        promoting = undefined;
      });
      return promoting;
    },
    setStandby: async (zone) => {
      mustRun("get a standby, or give one up");
      if (following !== undefined && zone !== undefined) throw standbyOfReplica(resourceId);
      await multiAz.set(zone);
    },
    failOver: () =>
      exclusive(async () => {
        mustRun("fail over");
        multiAz.mustBeReady();
        await endArchiving(false);
        await shutDown();
        if (!(await multiAz.takeOver("asked"))) await startAgain();
      }),
    onFailover: multiAz.onFailover,
    loseZone: async (zone) => {
      const primary = postmaster.running && place.zone === zone ? postmaster : undefined;
      const [standby] = await Promise.all([multiAz.loseZone(zone), primary && loseIn(zone, primary)]);
      return [...(primary === undefined ? [] : [primary.pid]), ...standby];
    },
    resumeZone: async (zone) => {
      await exclusive(async () => {
        if (postmaster.running || lostIn === undefined) return;
        if (place.zone === zone) await startAgain();
        // Both zones were lost, and the standby's is back first.
        else await multiAz.takeOver("primary lost");
      });
      await multiAz.keep();
    },
    setMasterPassword: async (password) => {
      if (following !== undefined) throw readOnly("change its master password", resourceId);
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
    restart: () =>
      exclusive(async () => {
        mustHavePower(zones, region, place.zone);
        await endArchiving(false);
        await shutDown();
        await startAgain();
      }),
    takeBaseBackup: async () => {
      mustRun("take a base backup");
      if (archiver === undefined) throw notArchiving(resourceId);
      await archiver.takeBaseBackup();
    },
    remove: async () => {
      if (postmaster.running) await archiver?.shipNow();
      await Promise.all([shutDown(), multiAz.stop()]);
      // What was under way.
      await exclusive(() => Promise.all([shutDown(), multiAz.stop()]));
      await endArchiving(true);
      await following?.end();
      await rm(place.dataDirectory, { recursive: true, force: true });
      await multiAz.erase();
      onGone();
    },
    archivesTo: (chain) => archiver?.chain === chain,
    stop: async () => {
      await Promise.all([multiAz.stop(), endArchiving(false), shutDown()]);
      await exclusive(() => Promise.all([multiAz.stop(), endArchiving(false), shutDown()]));
    },
    kill: async () => {
      lostIn = undefined;
      await Promise.all([multiAz.kill(), endArchiving(false), postmaster.kill()]);
      await exclusive(() => Promise.all([multiAz.kill(), endArchiving(false), postmaster.kill()]));
    },
    erase: async () => {
      if (postmaster.running || multiAz.running) throw stillRunning(resourceId);
      await following?.end();
      if (existsSync(place.dataDirectory)) await rm(place.dataDirectory, { recursive: true });
      await multiAz.erase();
      onGone();
    },
  };
};
