import type { CronSchedule } from "./schedule";

export interface Runs {
  /** The newest time that was due and not started; undefined when there is none. */
  readonly missed?: Date;
  readonly next?: Date;
}

/**
 * What is due now. `since` is the last start, or the creation; a deadline leaves out what was due longer ago than it.
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
 */
export const runsOf = (schedule: CronSchedule, since: Date, now: Date, startingDeadlineSeconds?: number): Runs => {
  const oldest = startingDeadlineSeconds === undefined ? undefined : new Date(now.getTime() - startingDeadlineSeconds * 1000);
  const from = oldest !== undefined && oldest > since ? oldest : since;
  let missed: Date | undefined;
  let next = schedule.next(from);
  while (next !== undefined && next <= now) {
    missed = next;
    next = schedule.next(next);
  }
  return { missed, next };
};
