import {
  type BackupChain,
  type ChainId,
  type CreateReplica,
  type DatabaseEngine,
  type DatabaseSettings,
  RestoreRefused,
  type RestoreWindow,
} from "../../../../local/rds/engine";
import { createFakeServer, type FakeHost, type FakeServer } from "./fakeServer";

export interface FakeEngine extends DatabaseEngine {
  readonly calls: readonly { readonly call: string; readonly details: unknown }[];
  readonly stopped: readonly ChainId[];
  server(resourceId: string): FakeServer;
  /** The newest time that a chain, and every copy of it, can be restored to. */
  archive(chain: ChainId, latest: Date): void;
  gap(chain: ChainId, gap: RestoreWindow["gaps"][number]): void;
  /** The next call of that name rejects. */
  fail(call: string, error: Error): void;
  /** Calls of that name wait until the function that it returns is called. */
  hold(call: string): () => void;
}

interface Chain {
  readonly id: ChainId;
  window?: RestoreWindow;
  replicaOf?: ChainId;
  replicating: boolean;
}

const key = ({ region, resourceId }: ChainId): string => `${region}/${resourceId}`;

/** In memory and with the port's own semantics. PostgreSQL's static parameters here: max_connections and track_commit_timestamp. */
export const createFakeEngine = (clock: { now(): Date }): FakeEngine => {
  const servers = new Map<string, FakeServer>();
  const chains = new Map<string, Chain>();
  const snapshots = new Map<string, { readonly takenAt: Date; readonly sizeBytes: number }>();
  const calls: { call: string; details: unknown }[] = [];
  const stopped: ChainId[] = [];
  const suspended = new Set<string>();
  const failures = new Map<string, Error>();
  const held = new Map<string, Promise<void>>();
  let lastPid = 40_000;

  const called = async (call: string, details: unknown): Promise<void> => {
    calls.push({ call, details });
    await held.get(call);
    const error = failures.get(call);
    failures.delete(call);
    if (error !== undefined) throw error;
  };
  const chainAt = (id: ChainId): Chain => {
    const chain = chains.get(key(id)) ?? { id, replicating: false };
    chains.set(key(id), chain);
    return chain;
  };
  const copiesOf = (id: ChainId): Chain[] =>
    [...chains.values()].filter(({ replicaOf }) => replicaOf !== undefined && key(replicaOf) === key(id));

  const host: FakeHost = {
    called,
    nextPid: () => {
      lastPid += 1;
      return lastPid;
    },
    backUp: ({ region, resourceId }) => {
      const now = clock.now();
      chainAt({ region, resourceId }).window = { earliest: now, latest: now, gaps: [] };
    },
    beginChain: ({ region, resourceId }) => void chainAt({ region, resourceId }),
    gone: ({ resourceId }) => void servers.delete(resourceId),
    streams: ({ region }, source) =>
      servers.get(source.resourceId)?.running === true && !suspended.has(region) && !suspended.has(source.region),
  };
  const serve = (settings: DatabaseSettings, replica?: CreateReplica): FakeServer => {
    const server = createFakeServer(settings, replica && { ...replica.source, lagSeconds: replica.lagSeconds }, host);
    servers.set(settings.resourceId, server);
    return server;
  };

  const check = (id: ChainId, time: Date | undefined): Date => {
    const window = chains.get(key(id))?.window;
    if (window === undefined) throw new RestoreRefused("no-backup", `${key(id)} has no base backup`, undefined, []);
    const asked = time ?? window.latest;
    const { earliest, latest, gaps } = window;
    if (asked < earliest) throw new RestoreRefused("before-window", `${asked.toISOString()} is before the window`, window, [earliest]);
    if (asked > latest) throw new RestoreRefused("after-window", `${asked.toISOString()} is after the window`, window, [latest]);
    const gap = gaps.find(({ from, to }) => asked > from && asked < to);
    if (gap !== undefined) throw new RestoreRefused("gap", `${asked.toISOString()} is in a gap`, window, [gap.from, gap.to]);
    return asked;
  };

  return {
    calls,
    stopped,
    server: (resourceId) => {
      const found = servers.get(resourceId);
      if (found === undefined) throw new Error(`no server ${resourceId}`);
      return found;
    },
    archive: (id, latest) => {
      for (const chain of [chainAt(id), ...copiesOf(id).filter(({ replicating }) => replicating)]) {
        chain.window = { earliest: chainAt(id).window?.earliest ?? latest, latest, gaps: chain.window?.gaps ?? [] };
      }
    },
    gap: (id, gap) => {
      const chain = chainAt(id);
      if (chain.window !== undefined) chain.window = { ...chain.window, gaps: [...chain.window.gaps, gap] };
    },
    fail: (call, error) => void failures.set(call, error),
    hold: (call) => {
      let release = (): void => undefined;
      held.set(
        call,
        new Promise((done) => {
          release = () => {
            held.delete(call);
            done();
          };
        }),
      );
      return release;
    },

    create: async (request) => {
      await called("create", request);
      return serve(request);
    },
    restoreToTime: async (request) => {
      check(request.chain, request.time);
      await called("restoreToTime", request);
      return serve(request);
    },
    restoreSnapshot: async (request) => {
      await called("restoreSnapshot", request);
      return serve(request);
    },
    createReplica: async (request) => {
      await called("createReplica", request);
      return serve(request, request);
    },
    checkRestore: async (chain, time) => {
      await called("checkRestore", { chain, time });
      return check(chain, time);
    },
    chain: (id): BackupChain | undefined => {
      const chain = chains.get(key(id));
      return chain && { ...chain, sizeBytes: 1 };
    },
    replicateChain: (source, region, lagSeconds) => {
      calls.push({ call: "replicateChain", details: { source, region, lagSeconds } });
      const copy = chainAt({ region, resourceId: source.resourceId });
      copy.replicaOf = source;
      copy.replicating = true;
      copy.window = chains.get(key(source))?.window;
      return copy.id;
    },
    stopReplication: (replica) => {
      stopped.push(replica);
      chainAt(replica).replicating = false;
    },
    deleteChain: async (id) => {
      await called("deleteChain", id);
      chains.delete(key(id));
    },
    takeSnapshot: async ({ region, snapshotId, resourceId }) => {
      await called("takeSnapshot", { region, snapshotId, resourceId });
      const facts = { takenAt: clock.now(), sizeBytes: 42 };
      snapshots.set(`${region}/${snapshotId}`, facts);
      return facts;
    },
    copySnapshot: async (request) => {
      await called("copySnapshot", request);
      const facts = snapshots.get(`${request.from.region}/${request.from.snapshotId}`);
      if (facts === undefined) throw new Error(`no snapshot ${request.from.snapshotId}`);
      snapshots.set(`${request.to.region}/${request.to.snapshotId}`, facts);
      return facts;
    },
    deleteSnapshot: async (region, snapshotId) => {
      await called("deleteSnapshot", { region, snapshotId });
      snapshots.delete(`${region}/${snapshotId}`);
    },
    loseZone: async (region, zone) => {
      await called("loseZone", { region, zone });
      const lost = [...servers.values()].filter((server) => server.region === region && server.zone === zone);
      for (const server of lost) server.lose();
      return lost.map(({ pid }) => pid);
    },
    resumeZone: async (region, zone) => {
      await called("resumeZone", { region, zone });
      for (const server of servers.values()) if (server.region === region && server.zone === zone) server.power();
    },
    suspend: (region) => {
      calls.push({ call: "suspend", details: region });
      suspended.add(region);
    },
    resume: (region) => {
      calls.push({ call: "resume", details: region });
      suspended.delete(region);
    },
    servers: (region) => [...servers.values()].filter((server) => server.region === region),
    eraseRegion: async (region) => {
      await called("eraseRegion", region);
      for (const [name, { id }] of chains) if (id.region === region) chains.delete(name);
      return [`/archive/${region}`];
    },
    stop: () => called("stop", {}),
  };
};
