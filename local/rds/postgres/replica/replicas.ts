import { LifeboatError } from "../../../../recovery/errors";
import { waitUntil } from "../../../process";
import type { CreateReplica, DatabaseServer, DatabaseSettings } from "../../engine";
import type { EngineContext } from "../context";
import { type Care, createCare } from "./care";
import { copySource } from "./copy";
import { type Following, stateOf } from "./following";
import { type Link, openLink } from "./link";
import { streamSettings, writePasswordFile } from "./settings";
import { ensureSlot, type ServerId, slotOf } from "./slots";

/** The replicas of an engine, and their links. */
export interface Replicas {
  /** A failure leaves nothing behind. */
  create(request: CreateReplica): Promise<DatabaseServer>;
  /** The region was cut off: its links are cut, and what was under way in them is lost. */
  cut(region: string): void;
  /**
   * The server is about to shut down, which PostgreSQL does not end before its standbys have all that it wrote: that would take the lag.
   * https://www.postgresql.org/docs/15/warm-standby.html#STREAMING-REPLICATION
   */
  cutFrom(source: ServerId): void;
  /** The region's replicas are gone with it. */
  endOf(region: string): Promise<void>;
  endAll(): Promise<void>;
}

export interface ReplicasOptions {
  readonly context: EngineContext;
  /** undefined: there is none, or its data is gone. */
  readonly find: (id: ServerId) => DatabaseServer | undefined;
  readonly isCut: (region: string) => boolean;
  readonly serve: (
    settings: DatabaseSettings,
    make: (dataDirectory: string) => Promise<void>,
    following: Following,
  ) => Promise<DatabaseServer>;
}

interface Replica {
  readonly id: ServerId;
  readonly slot: string;
  readonly link: Link;
  readonly following: Following;
}

const STREAMS_WITHIN_MS = 60_000;
const POLL_MS = 50;

export const createReplicas = ({ context, find, isCut, serve }: ReplicasOptions): Replicas => {
  const replicas = new Set<Replica>();
  const cares = new Map<string, Care>();
  const stopped = new AbortController();
  const key = ({ region, resourceId }: ServerId): string => `${region}/${resourceId}`;
  const slotsOf = (source: ServerId): readonly string[] =>
    [...replicas].filter(({ following }) => key(following.source) === key(source)).map(({ slot }) => slot);

  const careFor = (source: ServerId): Care => {
    const known = cares.get(key(source));
    if (known !== undefined) return known;
    const care = createCare({
      name: source.resourceId,
      heartbeatSeconds: context.heartbeatSeconds,
      access: () => {
        const server = find(source);
        if (server === undefined) return "gone";
        return server.running ? context.access(server.port) : undefined;
      },
      slots: () => slotsOf(source),
      report: context.report,
    });
    cares.set(key(source), care);
    return care;
  };

  const follow = async (request: CreateReplica): Promise<Replica> => {
    const { source, region, resourceId, lagSeconds } = request;
    const slot = slotOf({ region, resourceId });
    const reach = async (): Promise<number | undefined> => {
      const server = find(source);
      if (server?.running !== true || isCut(source.region) || isCut(region)) return undefined;
      await ensureSlot(context.access(server.port), slot);
      return server.port;
    };
    const report = (problem: string): void => context.report(`${resourceId}: ${problem}`);
    const passwordFile = await writePasswordFile(context);
    const link = await openLink({ lagMs: lagSeconds * 1000, source: reach, report });
    const replica: Replica = {
      id: { region, resourceId },
      slot,
      link,
      following: {
        source,
        settings: streamSettings(context, { port: link.port, slot, lagSeconds, passwordFile }),
        state: (access) => stateOf(source, link, access),
        cut: link.close,
        end: async () => {
          link.close();
          if (replicas.delete(replica)) await careFor(source).settle();
        },
      },
    };
    replicas.add(replica);
    return replica;
  };

  const mustReach = (request: CreateReplica): void => {
    if (isCut(request.source.region) || isCut(request.region)) throw cutOff(request);
  };
  const make = async (request: CreateReplica, { slot, following }: Replica): Promise<DatabaseServer> => {
    const access = context.access(sourceOf(request, find).port);
    await careFor(request.source).begin(access);
    await ensureSlot(access, slot);
    const copy = async (to: string): Promise<void> => {
      await copySource(context, access, to, stopped.signal);
      mustReach(request);
    };
    const server = await serve(request, copy, following);
    try {
      await untilStreaming(server, () => isCut(request.source.region) || isCut(request.region));
      mustReach(request);
      return server;
    } catch (thrown) {
      await server.remove();
      throw thrown;
    }
  };
  const endWhere = async (wanted: (replica: Replica) => boolean): Promise<void> => {
    await Promise.all([...replicas].filter(wanted).map(({ following }) => following.end()));
  };

  return {
    create: async (request) => {
      mustReach(request);
      if ((await sourceOf(request, find).replicaState()) !== undefined) throw cascade(request);
      const replica = await follow(request);
      try {
        return await make(request, replica);
      } catch (thrown) {
        await replica.following.end();
        throw thrown;
      }
    },
    cut: (region) => {
      for (const { id, link, following } of replicas) if (id.region === region || following.source.region === region) link.cut();
    },
    cutFrom: (source) => {
      for (const { link, following } of replicas) if (key(following.source) === key(source)) link.cut();
    },
    endOf: (region) => endWhere(({ id }) => id.region === region),
    endAll: async () => {
      stopped.abort();
      for (const { link } of replicas) link.close();
      await Promise.all([...cares.values()].map((care) => care.stop()));
    },
  };
};

const untilStreaming = (server: DatabaseServer, isLost: () => boolean): Promise<void> =>
  waitUntil(async () => isLost() || (await server.replicaState())?.streaming === true, {
    what: "the replica streams from its source",
    timeoutMs: STREAMS_WITHIN_MS,
    intervalMs: POLL_MS,
  });

const sourceOf = ({ source }: CreateReplica, find: ReplicasOptions["find"]): DatabaseServer => {
  const server = find(source);
  if (server?.running === true) return server;
  throw new LifeboatError({
    code: "store-unavailable",
    what: "A replica follows a database that runs",
    received: `${source.resourceId} in ${source.region}: ${server === undefined ? "there is none" : "it does not run"}`,
    hint: "Look at the source's status",
  });
};

const cutOff = ({ source, region }: CreateReplica): LifeboatError =>
  new LifeboatError({
    code: "store-unavailable",
    what: "A replica is not made while one of the two regions is lost",
    received: `${source.resourceId} from ${source.region} to ${region}`,
    hint: "Make it again when both regions answer",
  });

const cascade = ({ source }: CreateReplica): LifeboatError =>
  new LifeboatError({
    code: "unsupported",
    what: "A replica of a replica is not made here",
    received: `${source.resourceId} in ${source.region}`,
    allowed: "a source that takes writes",
    hint: "Name the replica's own source",
  });
