import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LifeboatError } from "../../../recovery/errors";
import type { Chain } from "../backups/chain";
import { planRestore } from "../backups/plan";
import { copySnapshotData, recover, verifyPlan } from "../backups/recovery";
import { createReplications } from "../backups/replications";
import { cutOff, type Snapshots } from "../backups/snapshots";
import { spansOf, windowOf } from "../backups/window";
import { type ChainId, type DatabaseEngine, type DatabaseSettings, RestoreRefused } from "../engine";
import type { EngineContext } from "./context";
import { createCluster } from "./create";
import { readParameters } from "./parameters";
import type { Following } from "./replica/following";
import { createReplicas } from "./replica/replicas";
import { checkNames } from "./roles";
import { type ManagedServer, startServer } from "./server";
import { mustBeApart, mustHavePower } from "./standby/zones";

export const createEngine = (context: EngineContext, snapshots: Snapshots): DatabaseEngine => {
  const { chains, layout, tools, zones } = context;
  const servers = new Set<ManagedServer>();
  /** Those that are being made: a name is taken from the first moment on. */
  const claimed = new Set<string>();
  const cut = new Set<string>();
  const stopped = new AbortController();
  const replications = createReplications(context, (region) => cut.has(region));
  const mayCopy = (from: string, to: string): boolean => !cut.has(from) && !cut.has(to) && !stopped.signal.aborted;

  /** Checks what can be checked, lets `make` fill the data directory, and starts a server on it; a failure leaves nothing. */
  const serve = async (
    settings: DatabaseSettings,
    make: (dataDirectory: string) => Promise<void>,
    following?: Following,
  ): Promise<ManagedServer> => {
    const { region, resourceId } = settings;
    const dataDirectory = layout.server(region, resourceId);
    readParameters({ ...context.defaults, ...settings.parameters }, tools.settings);
    for (const zone of [settings.zone, settings.standbyZone]) if (zone !== undefined) mustHavePower(zones, region, zone);
    mustBeApart(settings.zone, settings.standbyZone);
    const disks = [dataDirectory, layout.standby(region, resourceId)];
    if (claimed.has(dataDirectory) || disks.some((each) => existsSync(each))) throw existing(resourceId, region);
    claimed.add(dataDirectory);
    try {
      await make(dataDirectory);
      const onGone = (): void => {
        for (const each of servers) if (each.region === region && each.resourceId === resourceId) servers.delete(each);
      };
      const onStopping = (): void => replicas.cutFrom(settings);
      const server = await startServer(context, { settings, dataDirectory, onGone, onStopping, following });
      servers.add(server);
      if (settings.standbyZone !== undefined) await withStandby(server, settings.standbyZone);
      return server;
    } catch (thrown) {
      await rm(dataDirectory, { recursive: true, force: true });
      throw thrown;
    } finally {
      claimed.delete(dataDirectory);
    }
  };

  const replicas = createReplicas({
    context,
    serve,
    isCut: (region) => cut.has(region),
    find: ({ region, resourceId }) => [...servers].find((each) => each.region === region && each.resourceId === resourceId),
  });
  const mustReach = (from: string, to: string): void => {
    const lost = from === to ? undefined : [from, to].find((region) => cut.has(region));
    if (lost !== undefined) throw unreachable(lost);
  };
  const chainOf = (id: ChainId): Chain => {
    const chain = chains.get(id);
    if (chain === undefined)
      throw new RestoreRefused("no-backup", `There are no automated backups of ${id.resourceId} in ${id.region}`, undefined, []);
    return chain;
  };
  const serverOf = (region: string, resourceId: string): ManagedServer => {
    const server = [...servers].find((each) => each.region === region && each.resourceId === resourceId);
    if (server?.running === true) return server;
    throw new LifeboatError({
      code: "store-unavailable",
      what: "There is no such database, or it does not run",
      received: `${resourceId} in ${region}`,
      hint: "Look at its status",
    });
  };

  return {
    create: async (request) => {
      checkNames(request.masterUsername, request.databaseName);
      return serve(request, (dataDirectory) => createCluster(context, request, dataDirectory));
    },
    restoreToTime: async (request) => {
      mustReach(request.chain.region, request.region);
      const chain = chainOf(request.chain);
      const release = chain.hold();
      try {
        const plan = planRestore(chain.holdings(), request.time);
        return await serve(request, (dataDirectory) => recover(context, chain, plan, request, dataDirectory));
      } finally {
        release();
      }
    },
    restoreSnapshot: async (request) => {
      mustReach(request.snapshot.region, request.region);
      const from = snapshots.dataDirectory(request.snapshot);
      await snapshots.verify(request.snapshot);
      return serve(request, (dataDirectory) => copySnapshotData(context, from, request, dataDirectory));
    },
    createReplica: (request) => replicas.create(request),
    checkRestore: async (id, time) => {
      const chain = chainOf(id);
      const release = chain.hold();
      try {
        const plan = planRestore(chain.holdings(), time);
        await verifyPlan(context, chain, plan);
        return plan.time;
      } finally {
        release();
      }
    },
    chain: (id) => {
      const chain = chains.get(id);
      if (chain === undefined) return undefined;
      const window = windowOf(spansOf(chain.holdings()));
      return { id: chain.id, window, ...replications.stateOf(chain), sizeBytes: chain.sizeBytes() };
    },
    replicateChain: (source, toRegion, lagSeconds) => replications.start(source, toRegion, lagSeconds),
    stopReplication: (replica) => replications.stop(replica),
    deleteChain: async (id) => {
      const chain = chains.get(id);
      if (chain === undefined) return;
      if (chain.isHeld || [...servers].some((each) => each.running && each.archivesTo(chain))) throw inUse(id);
      await replications.end(chain);
      await chains.remove(chain);
    },
    takeSnapshot: ({ region, resourceId, snapshotId }) =>
      snapshots.take({ tools, access: context.access(serverOf(region, resourceId).port), signal: stopped.signal }, { region, snapshotId }),
    copySnapshot: async ({ from, to, lagSeconds }) => {
      await sleep(lagSeconds * 1000, undefined, { signal: stopped.signal });
      if (!mayCopy(from.region, to.region)) throw cutOff(from);
      return snapshots.copy(from, to, () => mayCopy(from.region, to.region));
    },
    deleteSnapshot: (region, snapshotId) => snapshots.delete({ region, snapshotId }),
    loseZone: async (region, zone) => {
      zones.lose(region, zone);
      const inRegion = [...servers].filter((each) => each.region === region);
      return (await Promise.all(inRegion.map((each) => each.loseZone(zone)))).flat();
    },
    resumeZone: async (region, zone) => {
      zones.resume(region, zone);
      await Promise.all([...servers].filter((each) => each.region === region).map((each) => each.resumeZone(zone)));
    },
    suspend: (region) => {
      cut.add(region);
      replicas.cut(region);
    },
    resume: (region) => void cut.delete(region),
    servers: (region) => [...servers].filter((each) => each.region === region),
    eraseRegion: async (region) => {
      const running = [...servers].find((each) => each.region === region && each.running);
      if (running !== undefined) throw inUse({ region, resourceId: running.resourceId });
      await Promise.all([replications.endOf(region), replicas.endOf(region)]);
      const directory = layout.region(region);
      const held = ["servers", "standbys", "recovering", "chains", "snapshots"]
        .map((kind) => join(directory, kind))
        .filter((each) => existsSync(each));
      await rm(directory, { recursive: true, force: true });
      chains.forget(region);
      for (const each of servers) if (each.region === region) servers.delete(each);
      return held;
    },
    stop: async () => {
      stopped.abort();
      await Promise.all([replications.endAll(), replicas.endAll()]);
      await Promise.all([...servers].map((each) => each.stop()));
    },
  };
};

/** A failure takes the server with it. */
const withStandby = async (server: ManagedServer, zone: string): Promise<void> => {
  try {
    await server.setStandby(zone);
  } catch (thrown) {
    await server.kill();
    await server.erase();
    throw thrown;
  }
};

const existing = (resourceId: string, region: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "There is a database of this name already",
    received: `${resourceId} in ${region}`,
    hint: "Use a new resource id: one is never used twice",
  });

const inUse = ({ region, resourceId }: ChainId): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "What a running database or a restore uses is not deleted",
    received: `${resourceId} in ${region}`,
    hint: "End its backups, remove it or kill it first; let a restore or a copy that reads them end",
  });

const unreachable = (region: string): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: "Nothing is copied out of a lost region or into it",
    received: region,
    hint: "Use what the other region holds",
  });
