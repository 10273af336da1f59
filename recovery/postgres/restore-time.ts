/** Every time from `earliest` to `latest` can be restored to. */
export interface RestoreWindow {
  readonly earliest: Date;
  readonly latest: Date;
}

/** Automated backups of one instance, as far as the choice among them needs to know. */
export interface Restorable {
  /** Absent until the first base backup has arrived. */
  readonly window?: RestoreWindow;
  readonly status: string;
}

export type RestoreChoice<B extends Restorable> =
  | { readonly chosen: { readonly backups: B; readonly window: RestoreWindow; readonly asOf: Date }; readonly problem?: undefined }
  | { readonly chosen?: undefined; readonly problem: string };

interface Usable<B> {
  readonly backups: B;
  readonly window: RestoreWindow;
}

/**
 * The automated backups and the time that a database is restored to: the newest restorable time, or exactly the one asked for. An instance that was
 * made again under the same name has backups of its own, with a window of its own; of several that hold a time the newest count. A time outside
 * every window is never moved into one: the answer says which are usable.
 */
export const chooseRestore = <B extends Restorable>(
  candidates: readonly B[],
  { time, now }: { readonly time?: Date; readonly now: Date },
): RestoreChoice<B> => {
  const usable = candidates
    .flatMap((backups): Usable<B>[] => (backups.window === undefined ? [] : [{ backups, window: backups.window }]))
    .sort((a, b) => b.window.latest.getTime() - a.window.latest.getTime() || b.window.earliest.getTime() - a.window.earliest.getTime());
  const [newest] = usable;
  if (newest === undefined) return { problem: nothingYet(candidates) };
  const holding = time === undefined ? newest : usable.find(({ window }) => holds(window, time));
  if (holding !== undefined) return { chosen: { ...holding, asOf: wholeSecond(time ?? holding.window.latest, holding.window) } };
  const windows = usable.map(({ window }) => window);
  return { problem: outside(time ?? now, now, windows) };
};

const holds = ({ earliest, latest }: RestoreWindow, time: Date): boolean => earliest <= time && time <= latest;

/** RDS restores to a second, and not to a time before its window. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html */
const wholeSecond = (time: Date, { earliest }: RestoreWindow): Date =>
  new Date(Math.max(Math.floor(time.getTime() / 1000) * 1000, earliest.getTime()));

const nothingYet = (candidates: readonly Restorable[]): string =>
  candidates.length === 0
    ? "no automated backups are there"
    : `none of ${candidates.length} automated backups has a restore window yet (${candidates.map(({ status }) => status || "no status").join(", ")})`;

const outside = (time: Date, now: Date, windows: readonly RestoreWindow[]): string => {
  const received = `${time.toISOString()} cannot be restored to: ${whyNot(time, now, windows)}`;
  const restorable = windows.map(({ earliest, latest }) => `${earliest.toISOString()} to ${latest.toISOString()}`).join(" and ");
  const usable = nearest(time, windows).map((one) => one.toISOString());
  return `${received}; restorable: ${restorable}; nearest usable: ${usable.join(" and ")}`;
};

const whyNot = (time: Date, now: Date, windows: readonly RestoreWindow[]): string => {
  if (time > now) return `it is in the future, now is ${now.toISOString()}`;
  if (windows.every(({ latest }) => latest < time)) return "it is after the newest time that has arrived here";
  if (windows.every(({ earliest }) => earliest > time)) return "it is before the earliest time that is kept";
  return "it is between the backups of two instances";
};

/** The last usable time before and the first one after, earliest first. */
const nearest = (time: Date, windows: readonly RestoreWindow[]): readonly Date[] => {
  const before = windows.filter(({ latest }) => latest < time).map((window) => wholeSecond(window.latest, window));
  const after = windows.filter(({ earliest }) => earliest > time).map(({ earliest }) => earliest);
  const last = before.sort((a, b) => b.getTime() - a.getTime())[0];
  const first = after.sort((a, b) => a.getTime() - b.getTime())[0];
  return [last, first].filter((found) => found !== undefined);
};
