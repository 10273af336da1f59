/** How long a locked copy has to be locked. Days. */
export interface LockPeriod {
  readonly days: number;
}

const DAY_MS = 86_400_000;

/** How long before a lock's end it is renewed: a quarter of its period, a month at most. Days. */
export const renewalMarginDays = ({ days }: LockPeriod): number => Math.min(30, days / 4);

const DAY_SECONDS = 86_400;

/**
 * In how many runs every copy is looked at once. Twice within the margin, so that a run that did not happen, or a whole round of them, leaves no lock to
 * end. Runs that are more frequent than daily are no more: some of them go on where another stopped. @param intervalSeconds between two scheduled runs
 */
export const renewalRuns = (period: LockPeriod, intervalSeconds: number = DAY_SECONDS): number =>
  Math.max(1, Math.floor(renewalMarginDays(period) / 2 / Math.max(1, intervalSeconds / DAY_SECONDS)));

/** Until when a copy of this age has to be locked now: for its period from its writing on, and renewed for a period from now where that ends soon. */
export const requiredUntil = (standing: Date | undefined, writtenAt: Date, period: LockPeriod, now: Date): Date => {
  const whole = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);
  const fromWriting = whole(writtenAt.getTime() + period.days * DAY_MS);
  const ends = Math.max(standing?.getTime() ?? 0, fromWriting.getTime());
  return ends - now.getTime() > renewalMarginDays(period) * DAY_MS ? fromWriting : whole(now.getTime() + period.days * DAY_MS);
};

/** S3 rounds the end of a default retention, and a replica may bear its original's time: a day is no shortfall. */
const TOLERANCE_MS = DAY_MS;

/** What is wrong with the lock of a copy; undefined when it holds for its period, or, of an older one, holds now. */
export const lockProblem = (until: Date | undefined, writtenAt: Date, period: LockPeriod, now: Date): string | undefined => {
  if (until === undefined) return "no lock";
  if (until <= now) return `its lock ended ${until.toISOString()}`;
  const expected = new Date(writtenAt.getTime() + period.days * DAY_MS);
  return until.getTime() < expected.getTime() - TOLERANCE_MS
    ? `locked until ${until.toISOString()}, which is before ${expected.toISOString()}`
    : undefined;
};
