import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../../recovery/errors";
import type { DatabaseServer, Standby } from "../../engine";
import type { EngineContext } from "../context";
import type { Postmaster } from "../postmaster";
import { killTree } from "../process-tree";
import { makeStandby } from "./make";
import type { Place, Primary } from "./primary";
import { notThere } from "./refusals";
import { primarySettings } from "./settings";
import { dropSlot, isStreaming } from "./streaming";
import { createWaiting } from "./waiting";
import { mustBeApart, mustHavePower } from "./zones";

type Listener = Parameters<DatabaseServer["onFailover"]>[0];
type Reason = Parameters<Listener>[0]["reason"];

/** The standby of one database: made, watched, made again, and put in its primary's place. */
export interface MultiAz {
  /** What the primary's configuration says about it. */
  settings(): Readonly<Record<string, string>> | undefined;
  readonly standby: Standby | undefined;
  readonly running: boolean;
  /** Resolves when commits wait for one in the zone, or when there is none any more. */
  set(zone: string | undefined): Promise<void>;
  /** Inside of `exclusive`, the primary having ended. False, and reported why: the standby would lose commits, or is not there. */
  takeOver(reason: Reason): Promise<boolean>;
  /** @throws LifeboatError when a failover now would lose commits, or there is none to fail over to. */
  mustBeReady(): void;
  /** Tries to make the one that is wanted and not there, once before it resolves, and then again and again. */
  keep(): Promise<void>;
  /** The primary is about to start where it was. */
  beforeStart(): void;
  onFailover(listener: Listener): void;
  /** Its processes that were killed. */
  loseZone(zone: string): Promise<readonly number[]>;
  stop(): Promise<void>;
  kill(): Promise<void>;
  erase(): Promise<void>;
}

interface Running extends Place {
  readonly postmaster: Postmaster;
}

const RETRY_MS = 1_000;
const WATCH_MS = 2_000;
/** Times in a row that a standby was not streaming. */
const MISSED = 3;

export const createMultiAz = (context: EngineContext, primary: Primary): MultiAz => {
  const { zones } = context;
  const { region, resourceId } = primary;
  const listeners: Listener[] = [];
  let life = new AbortController();
  let wanted: string | undefined;
  let current: Running | undefined;
  let retrying = false;

  /** The one of the two disks that the primary does not run on. */
  const spareDirectory = (): string => {
    const [one, other] = [context.layout.server(region, resourceId), context.layout.standby(region, resourceId)];
    return primary.place().dataDirectory === one ? other : one;
  };
  const report = (problem: string): void => context.report(`${resourceId}: ${problem}`);
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, { signal: life.signal }).catch(() => undefined);
  const isPossible = (standby: Running): boolean => primary.isRunning() && standby.postmaster.running && !life.signal.aborted;

  const waiting = createWaiting({ primary, pause: () => pause(RETRY_MS), isEnded: () => life.signal.aborted, report });

  const takeAway = async (ending = current): Promise<void> => {
    if (ending === undefined) return;
    await waiting.end();
    waiting.forget();
    current = undefined;
    await ending.postmaster.kill();
    await rm(ending.dataDirectory, { recursive: true, force: true });
    if (primary.isRunning()) await dropSlot(primary.access());
  };

  const make = async (zone: string): Promise<void> => {
    const dataDirectory = spareDirectory();
    const { signal } = life;
    const [source, parameters] = [primary.access(), primary.parameters()];
    const postmaster = await makeStandby(context, { region, resourceId, zone, dataDirectory, source, parameters, signal });
    const made = { zone, dataDirectory, postmaster };
    current = made;
    void postmaster.ended.then(({ told }) => (told ? undefined : keep()));
    try {
      await waiting.begin(() => isPossible(made));
    } catch (thrown) {
      await takeAway(made);
      throw thrown;
    }
    void watch(made);
  };
  const giveUpDead = async (): Promise<void> => {
    const dead = current;
    if (dead === undefined || dead.postmaster.running || !primary.isRunning()) return;
    // A dead standby holds up no commit.
    await waiting.end();
    // Still complete: its primary died meanwhile, and what it holds is needed.
    if (!waiting.complete && current === dead) current = undefined;
  };
  const watch = async (standby: Running): Promise<void> => {
    for (let missed = 0; current === standby && standby.postmaster.running && !life.signal.aborted; ) {
      await pause(WATCH_MS);
      if (!isPossible(standby) || current !== standby) continue;
      const streams = await isStreaming(primary.access()).catch(() => true);
      missed = streams ? 0 : missed + 1;
      if (missed < MISSED) continue;
      report("its standby runs and does not follow: it is killed, and another one made");
      await killTree(standby.postmaster.pid);
    }
  };

  const tell = (listener: Listener, event: Parameters<Listener>[0]): void => {
    try {
      listener(event);
    } catch (thrown) {
      report(`who was told of its failover failed: ${messageOf(thrown)}`);
    }
  };
  const lacks = (): string | undefined =>
    current === undefined && wanted !== undefined && primary.isRunning() && !life.signal.aborted && zones.hasPower(region, wanted)
      ? wanted
      : undefined;
  const attempt = async (): Promise<void> => {
    await primary.exclusive(async () => {
      const zone = lacks();
      if (zone !== undefined) await make(zone);
    });
  };
  const attempted = (): Promise<void> =>
    attempt().catch((thrown) => {
      if (!life.signal.aborted) report(`could not make its standby: ${messageOf(thrown)}`);
    });
  const keep = async (): Promise<void> => {
    await giveUpDead();
    await attempted();
    if (!retrying) void retry();
  };
  const retry = async (): Promise<void> => {
    retrying = true;
    while (lacks() !== undefined) {
      await pause(RETRY_MS);
      await attempted();
    }
    retrying = false;
  };

  const whyNot = (): string | undefined => {
    if (current === undefined) return "there is no standby";
    if (!waiting.complete) return "the standby had not caught up, and would lose commits";
    return zones.hasPower(region, current.zone) ? undefined : `the standby's zone ${current.zone} has no power`;
  };

  const set = async (zone: string | undefined): Promise<void> => {
    if (zone !== undefined) {
      mustHavePower(zones, region, zone);
      mustBeApart(primary.place().zone, zone);
      if (zone === wanted && current !== undefined && waiting.complete) return;
    }
    const before = wanted;
    wanted = undefined;
    await primary.exclusive(async () => {
      await takeAway();
      if (zone === undefined) return;
      try {
        wanted = zone;
        await make(zone);
      } catch (thrown) {
        wanted = before;
        void keep();
        throw thrown;
      }
    });
  };

  return {
    settings: () => (wanted === undefined ? undefined : primarySettings(primary.parameters().settings, waiting.waits)),
    get standby() {
      if (current?.postmaster.running !== true) return undefined;
      const { zone, dataDirectory, postmaster } = current;
      return { zone, dataDirectory, pid: postmaster.pid, synchronous: waiting.complete };
    },
    get running() {
      return current?.postmaster.running === true;
    },
    set,
    mustBeReady: () => {
      const reason = current?.postmaster.running === true ? whyNot() : "there is no standby that runs";
      if (reason !== undefined) throw notThere(resourceId, reason);
    },
    takeOver: async (reason) => {
      const [next, refused, from] = [current, whyNot(), primary.place().zone];
      if (next === undefined || refused !== undefined) {
        if (wanted !== undefined) report(`it ended, and nothing takes over: ${refused}`);
        return false;
      }
      await next.postmaster.stop();
      // It had ended by itself: what the kernel keeps of it is given back.
      await next.postmaster.kill();
      current = undefined;
      wanted = from;
      waiting.forget();
      await primary.moveTo({ zone: next.zone, dataDirectory: next.dataDirectory }, life.signal);
      for (const each of listeners) tell(each, { from, to: next.zone, reason });
      void keep();
      return true;
    },
    keep,
    beforeStart: () => {
      if (life.signal.aborted) life = new AbortController();
      if (current?.postmaster.running === true) return;
      current = undefined;
      waiting.forget();
    },
    onFailover: (listener) => void listeners.push(listener),
    loseZone: async (zone) => {
      if (current?.zone !== zone || !current.postmaster.running) return [];
      const { pid, ended } = current.postmaster;
      await killTree(pid);
      await ended;
      return [pid];
    },
    stop: async () => {
      life.abort();
      await current?.postmaster.stop();
    },
    kill: async () => {
      life.abort();
      await current?.postmaster.kill();
    },
    erase: () => rm(spareDirectory(), { recursive: true, force: true }),
  };
};
