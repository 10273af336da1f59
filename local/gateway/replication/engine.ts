import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../recovery/errors";
import type { ReplicationConfiguration } from "./configuration";
import type { Copied, Copier, Copy } from "./copy";
import { createLimit } from "./limit";
import { type ReplicatedChange, targetsOf } from "./rules";
import type { Statuses } from "./statuses";

export interface Change {
  readonly bucket: string;
  readonly region: string;
  readonly key: string;
  readonly versionId?: string;
  readonly change: ReplicatedChange;
}

export interface ReplicationStatistics {
  readonly objects: number;
  readonly deleteMarkers: number;
  readonly tagChanges: number;
  readonly bytes: number;
  /** In flight when their source's region was lost: these writes never arrive. */
  readonly lost: number;
  readonly failed: number;
  /** The version was deleted, or no rule took it, before its copy was due. */
  readonly skipped: number;
  readonly retries: number;
  /** Copied without their tags, because their key was deleted before the copy was due. */
  readonly withoutTags: number;
  readonly lastFailures: readonly string[];
}

export interface Replication {
  pending(): number;
  /** Resolves when nothing is on its way. It waits as long as a destination is cut off. */
  idle(): Promise<void>;
  /** For changes from now on. */
  setLag(lagSeconds: number): void;
  readonly statistics: ReplicationStatistics;
}

export interface EngineOptions {
  readonly lagSeconds: number;
  readonly jitterSeconds: number;
  readonly random: () => number;
  readonly concurrency: number;
  readonly copier: Copier;
  readonly statuses: Statuses;
  readonly homeOf: (bucket: string) => Promise<string | undefined>;
  readonly isCut: (region: string) => boolean;
}

export interface Asked extends Change {
  readonly asked: boolean;
}

/** What became of a version at one destination. `present`: it was there already. `lost`: its region was, before its turn. */
export interface Replicated {
  readonly destination: string;
  readonly result: Copied["done"] | "present" | "failed" | "lost";
  readonly reason?: string;
}

export interface Engine extends Replication {
  enqueue(configuration: ReplicationConfiguration, change: Change): void;
  /**
   * All versions of one key, the oldest first: those that are asked for are replicated without the lag, and it says what became of each of them at
   * each destination. S3 keeps a version's place among the others; here the one that is written last is the current one, so that what is newer
   * than a missing version is written again after it.
   */
  replicate(configuration: ReplicationConfiguration, history: readonly Asked[]): Promise<readonly (readonly Replicated[])[]>;
  /** What was on its way from a lost region is lost. */
  regionCut(region: string): void;
  regionRestored(): void;
  stop(): Promise<void>;
}

interface Job {
  readonly change: Change;
  readonly target: Copy["target"];
  /** Aborted when the source's region is lost. */
  readonly lost: AbortController;
  /** Without the lag: what is replicated on demand was written long ago. */
  readonly atOnce: boolean;
  copying: boolean;
  result: Omit<Replicated, "destination">;
}

const newJob = (change: Change, target: Copy["target"], atOnce: boolean): Job => ({
  change,
  target,
  atOnce,
  lost: new AbortController(),
  copying: false,
  result: { result: "lost" },
});

const attempts = 3;
const retryMs = 200;
const failuresKept = 50;

export const createEngine = (options: EngineOptions): Engine => {
  const jobs = new Map<Job, Promise<void>>();
  /** The last job of a key and destination: the next one follows it, so that the newest version arrives last. */
  const lanes = new Map<string, Promise<void>>();
  const replicaVersions = new Map<string, string | undefined>();
  const limit = createLimit(options.concurrency);
  const stopped = new AbortController();
  const waitingForRestore = new Set<() => void>();
  let lagSeconds = options.lagSeconds;
  const counts = { objects: 0, deleteMarkers: 0, tagChanges: 0, bytes: 0, lost: 0, failed: 0, skipped: 0, retries: 0, withoutTags: 0 };
  const failures: string[] = [];

  const replicaId = ({ change, target }: Pick<Job, "change" | "target">): string =>
    `${change.bucket}/${change.key}\0${change.versionId ?? ""}\0${target.bucket}`;

  const carryOut = async (job: Job, targetRegion: string): Promise<Copied["done"]> => {
    const { bucket, region, key, versionId } = job.change;
    const copy: Copy = { sourceBucket: bucket, sourceRegion: region, key, versionId, target: job.target, targetRegion };
    if (job.change.change === "delete-marker") {
      await options.copier.deleteMarker(copy);
      counts.deleteMarkers += 1;
      replicaVersions.set(replicaId(job), undefined);
      return "copied";
    }
    if (job.change.change === "tags") {
      if (!replicaVersions.has(replicaId(job))) return "unmatched";
      await options.copier.tags(copy, replicaVersions.get(replicaId(job)));
      counts.tagChanges += 1;
      return "copied";
    }
    const copied = await options.copier.object(copy);
    if (copied.done === "unmatched") return "unmatched";
    counts.objects += 1;
    counts.bytes += copied.sizeBytes;
    if (copied.withoutTags) counts.withoutTags += 1;
    replicaVersions.set(replicaId(job), copied.versionId);
    options.statuses.replica({ bucket: job.target.bucket, key, versionId: copied.versionId });
    return "copied";
  };

  const settle = (job: Job, result: "copied" | "unmatched" | "failed", reason?: string): void => {
    job.result = { result, reason };
    if (result === "unmatched") counts.skipped += 1;
    if (job.change.change === "object") options.statuses.settled(job.change, result);
  };

  const fail = (job: Job, thrown: unknown): void => {
    counts.failed += 1;
    failures.push(`${job.change.bucket}/${job.change.key} to ${job.target.bucket}: ${messageOf(thrown)}`);
    if (failures.length > failuresKept) failures.shift();
    settle(job, "failed", messageOf(thrown));
  };

  /** True when there is nothing more to do. */
  const attempt = async (job: Job, targetRegion: string, number: number): Promise<boolean> => {
    if (job.lost.signal.aborted || stopped.signal.aborted) return false;
    job.copying = true;
    try {
      settle(job, await carryOut(job, targetRegion));
      return true;
    } catch (thrown) {
      if (isGone(thrown)) settle(job, "unmatched");
      else if (number < attempts) return false;
      else fail(job, thrown);
      return true;
    } finally {
      job.copying = false;
    }
  };

  const untilReachable = async (region: string, over: AbortSignal): Promise<void> => {
    while (options.isCut(region) && !over.aborted) {
      await new Promise<void>((go) => {
        waitingForRestore.add(go);
        over.addEventListener("abort", () => go(), { once: true });
      });
    }
  };

  const run = async (job: Job, before: Promise<void> | undefined): Promise<void> => {
    const over = AbortSignal.any([job.lost.signal, stopped.signal]);
    const lagMs = job.atOnce ? 0 : (lagSeconds + options.random() * options.jitterSeconds) * 1000;
    await sleep(lagMs, undefined, { signal: over }).catch(() => undefined);
    await before;
    const targetRegion = await options.homeOf(job.target.bucket);
    if (targetRegion === undefined) return fail(job, `the destination ${job.target.bucket} does not exist`);
    for (let number = 1; !over.aborted; number += 1) {
      await untilReachable(targetRegion, over);
      if (await limit(() => attempt(job, targetRegion, number))) return;
      counts.retries += 1;
      await sleep(retryMs * number, undefined, { signal: over }).catch(() => undefined);
    }
  };

  const start = (job: Job): Promise<void> => {
    const lane = `${job.change.bucket}/${job.change.key}\0${job.target.bucket}`;
    const running = run(job, lanes.get(lane)).finally(() => {
      jobs.delete(job);
      if (lanes.get(lane) === running) lanes.delete(lane);
    });
    lanes.set(lane, running);
    jobs.set(job, running);
    return running;
  };

  const hasReplica = (change: Change, target: Copy["target"]): boolean => replicaVersions.has(replicaId({ change, target }));

  /** The versions that are asked for and that a destination lacks, and those that are newer than one of them. */
  const missingAt = (configuration: ReplicationConfiguration, history: readonly Asked[]): ReadonlySet<string> => {
    const missing = new Set<string>();
    const behind = new Set<string>();
    for (const change of history) {
      for (const target of targetsOf(configuration, change.key, change.change)) {
        if (change.asked && !hasReplica(change, target)) behind.add(target.bucket);
        if (behind.has(target.bucket)) missing.add(replicaId({ change, target }));
      }
    }
    return missing;
  };

  const replicateOne = async (change: Change, targets: readonly Copy["target"][], missing: ReadonlySet<string>) => {
    const due = targets.filter((target) => missing.has(replicaId({ change, target })));
    if (change.change === "object" && due.length > 0) options.statuses.pending(change, due.length);
    return Promise.all(
      targets.map(async (target): Promise<Replicated> => {
        if (!due.includes(target)) return { destination: target.bucket, result: "present" };
        const job = newJob(change, target, true);
        await start(job);
        return { destination: target.bucket, ...job.result };
      }),
    );
  };

  return {
    enqueue: (configuration, change) => {
      const targets = targetsOf(configuration, change.key, change.change);
      if (change.change === "object" && targets.length > 0) options.statuses.pending(change, targets.length);
      for (const target of targets) start(newJob(change, target, false));
    },
    replicate: (configuration, history) => {
      const missing = missingAt(configuration, history);
      return Promise.all(history.map((change) => replicateOne(change, targetsOf(configuration, change.key, change.change), missing)));
    },
    regionCut: (region) => {
      for (const job of jobs.keys()) {
        // A copy that is being written has left the region already.
        if (job.change.region !== region || job.lost.signal.aborted || job.copying) continue;
        counts.lost += 1;
        job.lost.abort();
      }
    },
    regionRestored: () => {
      for (const go of waitingForRestore) go();
      waitingForRestore.clear();
    },
    pending: () => jobs.size,
    idle: async () => {
      while (jobs.size > 0) await Promise.all(jobs.values());
    },
    setLag: (seconds) => {
      lagSeconds = seconds;
    },
    get statistics() {
      return { ...counts, lastFailures: [...failures] };
    },
    stop: async () => {
      stopped.abort();
      await Promise.all(jobs.values());
      options.copier.close();
    },
  };
};

/** The version was deleted before its turn came: there is nothing left to replicate. */
const isGone = (thrown: unknown): boolean => thrown instanceof Error && (thrown.name === "NoSuchKey" || thrown.name === "NoSuchVersion");
