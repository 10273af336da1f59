import type { Progress, Step } from "../../../local/progress";
import { kindOf } from "../../../recovery/catalogue/kinds";
import { LifeboatError, messageOf } from "../../../recovery/errors";
import type { Store } from "../../../recovery/store";
import { recentExports } from "./exports";
import { type Followed, type FollowTools, followRun } from "./follow";
import type { Starter } from "./starter";

export type BackupOutcome = Followed | { readonly outcome: "absent" };

export interface BackupResult {
  readonly store: Store;
  readonly what: string;
  readonly result: BackupOutcome;
  readonly seconds: number;
}

export interface BackupTools extends Omit<FollowTools, "deadline"> {
  readonly starters: readonly Starter[];
  readonly progress: Progress;
  readonly timeoutSeconds: number;
}

/** Exports the stores at once, each by all of its ways one after the other, and waits until everything is sealed and read back. */
export const backUp = async (tools: BackupTools, stores: readonly Store[]): Promise<readonly BackupResult[]> => {
  const startedAt = tools.now();
  const deadline = new Date(startedAt.getTime() + tools.timeoutSeconds * 1000);
  const perStore = await Promise.all(
    stores.map(async (store) => {
      const results: BackupResult[] = [];
      for (const starter of tools.starters.filter((one) => one.store === store))
        results.push(await backUpBy({ ...tools, deadline }, starter));
      return results;
    }),
  );
  return perStore.flat();
};

const backUpBy = async (tools: BackupTools & FollowTools, starter: Starter): Promise<BackupResult> => {
  const startedAt = tools.now();
  const step = tools.progress.step(`${starter.store} by ${starter.what}`);
  const result = await start(tools, starter, startedAt, step);
  const seconds = (tools.now().getTime() - startedAt.getTime()) / 1000;
  tell(step, result);
  return { store: starter.store, what: starter.what, result, seconds };
};

/** A store that fails must not keep the others from being told of; only an interruption ends them all. */
const start = async (tools: BackupTools & FollowTools, starter: Starter, startedAt: Date, step: Step): Promise<BackupOutcome> => {
  const kind = kindOf(starter.store);
  if (kind === undefined) return { outcome: "absent" };
  try {
    const before = await recentExports(tools.staging, kind, startedAt);
    const run = await starter.start();
    if (run === undefined) return { outcome: "absent" };
    return await followRun(tools, starter, kind, run, before, startedAt, step);
  } catch (error) {
    if (error instanceof LifeboatError && error.code === "interrupted") {
      step.fail("interrupted; what was started goes on");
      throw error;
    }
    return { outcome: "failed", reason: messageOf(error) };
  }
};

const tell = (step: Step, result: BackupOutcome): void => {
  if (result.outcome === "failed") step.fail(result.reason);
  else if (result.outcome === "done" && !isProven(result)) step.fail("not every point can be used");
  else step.done(wordOf(result));
};

const wordOf = (result: BackupOutcome): string => {
  switch (result.outcome) {
    case "done":
      return result.points.map(({ pointId }) => pointId).join(", ");
    case "unchanged":
      return "nothing has changed";
    case "absent":
      return "not configured";
    case "failed":
      return result.reason;
  }
};

const isProven = (result: BackupOutcome): boolean =>
  result.outcome === "done" && result.points.every(({ outcome }) => outcome === "proven");

/** Whether something was exported, and all of it can be restored from. A way that this system does not have is no failure beside one that it has. */
export const isBackedUp = (results: readonly BackupResult[]): boolean => {
  const present = results.filter(({ result }) => result.outcome !== "absent");
  return present.length > 0 && present.every(({ result }) => result.outcome === "unchanged" || isProven(result));
};
