import * as z from "zod";
import { Sha256 } from "./export";
import { newestFirst, PROGRESS_PREFIX, timeMsOfName } from "./keys";

/** Work on one object of the vault that may take several runs of a function. */
export interface WorkSubject {
  /** The entry that is read back, or the manifest that is sealed by. */
  readonly key: string;
  /** Of its content: what was reached with another content says nothing of this one. */
  readonly sha256: string;
}

/**
 * How far a run came: where the next one goes on. Written once under a key of its own and authenticated like entries, because a forged one would say of
 * parts that nobody read that they were read.
 */
export const Progress = z.object({
  schema: z.literal("lifeboat/progress/1"),
  system: z.string(),
  subject: z.object({ key: z.string(), sha256: Sha256 }),
  /** When the work was begun: the runs of one work have it in common, and a finished one is not continued. */
  startedAt: z.iso.datetime(),
  writtenAt: z.iso.datetime(),
  finished: z.boolean(),
  /** The work's own; null once it is finished. */
  state: z.unknown(),
});
export type Progress = z.infer<typeof Progress>;

/** Under it is what a function kept of its work on one subject, newest first. @param name the subject's key without what all of its kind have */
export const progressPrefix = (worker: "seal" | "verify", name: string): string => `${PROGRESS_PREFIX}${worker}/${name}/`;

/** @param run tells two of one time apart */
export const progressKey = (prefix: string, writtenAt: string, run: string): string => `${prefix}${newestFirst(writtenAt)}-${run}.json`;

/** When the checkpoint under a key was written; undefined for a key of another form. */
export const progressWrittenMs = (key: string): number | undefined => timeMsOfName(key.slice(key.lastIndexOf("/") + 1));
