import { existsSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../recovery/errors";
import { makeOwned } from "../postgres/account";
import type { Tools } from "../postgres/tools";
import { verifyBackup } from "./base-backup";
import type { Chain } from "./chain";
import { digestOf } from "./digest";
import type { BaseEntry, Entry, SegmentEntry } from "./entries";
import { copyBackup, MANIFEST, sha256OfFile, syncDirectory, syncTree, writeSparse } from "./files";
import { parseMicros } from "./micros";

/** The copying of a chain to another region. */
export interface Replication {
  readonly source: Chain;
  readonly replica: Chain;
  readonly stopped: boolean;
  stop(): Promise<void>;
}

export interface ReplicationOptions {
  readonly tools: Tools;
  readonly source: Chain;
  readonly replica: Chain;
  readonly lagSeconds: number;
  readonly now: () => Date;
  readonly isCut: (region: string) => boolean;
  readonly report: (problem: string) => void;
}

const POLL_MS = 50;
const RETRY_MS = 500;
const ATTEMPTS = 3;

/** Copies entry by entry in the order of the index, so that the replica is a chain of its own at every moment. */
export const startReplication = (options: ReplicationOptions): Replication => {
  const { source, replica } = options;
  const stopped = new AbortController();
  const running = copyAll(options, stopped.signal).catch((thrown) => {
    if (!stopped.signal.aborted) options.report(`${replica.id.resourceId}: copying to ${replica.id.region} ended: ${messageOf(thrown)}`);
    stopped.abort();
  });
  return {
    source,
    replica,
    get stopped() {
      return stopped.signal.aborted;
    },
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
};

const copyAll = async (options: ReplicationOptions, signal: AbortSignal): Promise<void> => {
  const { source, replica, now, isCut } = options;
  const mayCopy = (): boolean => !isCut(source.id.region) && !isCut(replica.id.region);
  for (let at = 0; !signal.aborted; ) {
    const entry = source.entries[at];
    replica.retentionDays = source.retentionDays;
    if (entry === undefined || !mayCopy() || !isDue(entry, options.lagSeconds, now())) {
      await sleep(POLL_MS, undefined, { signal });
      continue;
    }
    await copyWithRetries(options, entry, mayCopy, signal);
    if (!mayCopy()) continue;
    at += 1;
    if (entry.kind === "base") await replica.expire(now());
  }
};

const isDue = ({ archivedAt }: Entry, lagSeconds: number, now: Date): boolean =>
  now.getTime() >= Date.parse(archivedAt) + lagSeconds * 1000;

/** What cannot be copied as it was archived is left out and reported: the replica then has a gap, and its window says so. */
const copyWithRetries = async (options: ReplicationOptions, entry: Entry, mayCopy: () => boolean, signal: AbortSignal): Promise<void> => {
  for (let attempt = 1; mayCopy() && !signal.aborted; attempt += 1) {
    try {
      return await copyEntry(options, entry, mayCopy);
    } catch (thrown) {
      if (attempt < ATTEMPTS) await sleep(RETRY_MS, undefined, { signal });
      else return options.report(`${options.replica.id.resourceId}: not copied to ${options.replica.id.region}: ${messageOf(thrown)}`);
    }
  }
};

const copyEntry = async (options: ReplicationOptions, entry: Entry, mayCopy: () => boolean): Promise<void> => {
  const { source, replica, now } = options;
  const arrived = (): Promise<void> => replica.append({ ...entry, archivedAt: now().toISOString() });
  if (entry.kind === "segment") {
    if (source.segment(entry.name) === undefined || replica.segment(entry.name) !== undefined) return;
    if (await copySegment(options, entry, mayCopy)) await arrived();
  } else if (entry.kind === "base") {
    if (source.base(entry.id) === undefined || replica.base(entry.id) !== undefined) return;
    if (await copyBase(options, entry, mayCopy)) await arrived();
  } else if (entry.kind === "mark" ? parseMicros(entry.time) > (replica.newestMark()?.time ?? -1n) : entry.kind === "history")
    await arrived();
};

/** Read, checked, written under another name, read back, checked, and only then at its place. False: a region was lost meanwhile. */
const copySegment = async (
  { source, replica, tools }: ReplicationOptions,
  entry: SegmentEntry,
  mayCopy: () => boolean,
): Promise<boolean> => {
  const content = await readFile(source.segmentFile(entry.name));
  if ((await digestOf(content)).sha256 !== entry.sha256) throw new Error(`the WAL segment ${entry.name} is corrupt in ${source.id.region}`);
  const partial = `${replica.segmentFile(entry.name)}.partial`;
  await rm(partial, { force: true });
  try {
    await writeSparse(partial, content, tools.account);
    if ((await digestOf(await readFile(partial))).sha256 !== entry.sha256)
      throw new Error(`the WAL segment ${entry.name} did not arrive as it was sent`);
    if (!mayCopy()) return false;
    await rename(partial, replica.segmentFile(entry.name));
  } finally {
    await rm(partial, { force: true });
  }
  await syncDirectory(replica.walDirectory);
  return true;
};

const copyBase = async (
  { source, replica, tools }: ReplicationOptions,
  { id, manifestSha256 }: BaseEntry,
  mayCopy: () => boolean,
): Promise<boolean> => {
  const partial = `${replica.baseDirectory(id)}.partial`;
  await rm(partial, { recursive: true, force: true });
  const release = source.hold();
  try {
    makeOwned(replica.basesDirectory, partial, tools.account);
    await copyBackup(tools, source.baseDirectory(id), partial);
    await syncTree(tools, partial);
    const complaint = await verifyBackup(tools, partial, false);
    if (complaint !== undefined) throw new Error(`the base backup ${id} did not arrive as it was taken: ${complaint}`);
    if ((await sha256OfFile(join(partial, MANIFEST))) !== manifestSha256)
      throw new Error(`the manifest of the base backup ${id} is not its own`);
    if (!mayCopy()) return false;
    // One that a crash left there without its line in the index.
    if (existsSync(replica.baseDirectory(id))) await rm(replica.baseDirectory(id), { recursive: true });
    await rename(partial, replica.baseDirectory(id));
  } finally {
    release();
    await rm(partial, { recursive: true, force: true });
  }
  await syncDirectory(replica.basesDirectory);
  return true;
};
