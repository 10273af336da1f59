import { type CatalogueReader, openAs } from "../../recovery/catalogue/authentic";
import { type Signer, sign } from "../../recovery/catalogue/authenticity";
import { Progress, progressKey, type WorkSubject } from "../../recovery/catalogue/progress";
import { sha256Hex } from "../../recovery/checksum";
import { LifeboatError, messageOf } from "../../recovery/errors";
import { type Course, isInterrupted } from "./course";
import type { Deadline } from "./deadline";
import { type Log, reasonOf } from "./log";
import type { ObjectStore } from "./objects";

export interface RunTools {
  readonly vault: Pick<ObjectStore, "put">;
  readonly catalogue: Pick<CatalogueReader, "versions" | "authenticator">;
  readonly signer: Signer;
  readonly deadline: Deadline;
  readonly log: Log;
  readonly now: () => Date;
  /** Tells the alarm of what stands in a checkpoint's place and is none. */
  readonly refused: () => Promise<void>;
}

export interface Work {
  readonly system: string;
  readonly subject: WorkSubject;
  /** Where its checkpoints are. */
  readonly prefix: string;
}

export type Ran<T> =
  | { readonly result: T; readonly unfinished?: undefined }
  /** Why it stopped; what it reached is kept, and the next call goes on from there. */
  | { readonly result?: undefined; readonly unfinished: string };

/** A work that nobody went on with for so long is begun anew: what it read is then older than what a new one would read. */
const GIVEN_UP_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * One run of a work that may take several. What it reached is kept when the time is over, and when a fault that may pass ends it. Two runs at once each go
 * on by themselves from the same place: whatever both write is true. A run that is killed keeps nothing, and the next goes on from where it did.
 * @throws what the work throws; `interrupted` only when the run came to no place where it can be continued
 */
export const inRuns = async <T>(tools: RunTools, work: Work, run: (course: Course, startedAt: Date) => Promise<T>): Promise<Ran<T>> => {
  const before = await standing(tools, work);
  const startedAt = before?.startedAt ?? tools.now().toISOString();
  let reached: { readonly state: unknown } | undefined;
  const course: Course = {
    from: before?.state,
    reached(state, progress) {
      reached = { state };
      tools.deadline(progress);
    },
  };
  let result: T;
  try {
    result = await run(course, new Date(startedAt));
  } catch (error) {
    if (reached === undefined || isDefinite(error)) throw error;
    const kept = await keep(tools, work, { startedAt, finished: false, state: reached.state }).catch((fault: unknown) => {
      tools.log.warn("what a run reached could not be kept", { key: work.subject.key, reason: reasonOf(fault) });
    });
    if (isInterrupted(error) && kept !== undefined) return { unfinished: messageOf(error) };
    throw error;
  }
  // A work of one run left nothing that has to be called finished.
  if (before !== undefined) await keep(tools, work, { startedAt, finished: true, state: null });
  return { result };
};

/** What is wrong for certain is not tried again from where it was found. */
const isDefinite = (error: unknown): boolean =>
  error instanceof LifeboatError && error.code !== "interrupted" && error.code !== "store-unavailable";

const keep = async (
  { vault, signer, now, log }: RunTools,
  { system, subject, prefix }: Work,
  reached: Pick<Progress, "startedAt" | "finished" | "state">,
): Promise<string> => {
  const writtenAt = now().toISOString();
  const progress: Progress = { schema: "lifeboat/progress/1", system, subject: { ...subject }, writtenAt, ...reached };
  const key = progressKey(prefix, writtenAt, sha256Hex(JSON.stringify(progress)).slice(0, 8));
  await vault.put(key, await sign(signer, key, progress), { contentType: "application/json", ifAbsent: true });
  log.info("progress", { key, finished: reached.finished });
  return key;
};

/**
 * Where the work stands; undefined when it is to be begun. A run that was slow may have written behind the end of its work: then that work has ended all
 * the same, so its end is looked for among the older ones.
 */
const standing = async (tools: RunTools, { system, subject, prefix }: Work): Promise<Progress | undefined> => {
  const oldest = tools.now().getTime() - GIVEN_UP_AFTER_MS;
  let newest: Progress | undefined;
  for await (const written of tools.catalogue.versions(prefix)) {
    const { found, problem } = await openAs(tools.catalogue.authenticator, Progress, written);
    if (found === undefined) {
      tools.log.error("a checkpoint was refused", { key: written.key, problem });
      await tools.refused();
      continue;
    }
    const progress = found.value;
    if (Date.parse(progress.writtenAt) < oldest) break;
    if (progress.system !== system || progress.subject.key !== subject.key || progress.subject.sha256 !== subject.sha256) continue;
    if (progress.finished) return newest?.startedAt === progress.startedAt ? undefined : newest;
    newest ??= progress;
  }
  return newest;
};
