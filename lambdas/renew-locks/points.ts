import { POINTS_PREFIX, seriesPrefix } from "../../recovery/catalogue/keys";
import type { RecoveryPoint } from "../../recovery/catalogue/point";
import { type CatalogueReader, judge } from "../../recovery/catalogue/select";
import type { Series } from "../../recovery/catalogue/series";
import { renewalMarginDays } from "../../recovery/objects/locks";
import { NAMED_FAILURES, type PointsPosition, type PointsRenewal, type RenewedSeries } from "../../recovery/objects/renewal";
import { isInShare } from "../../recovery/objects/rotation";
import type { RetainedPoint } from "../../recovery/retention/point";
import { holdOf, type RetentionPolicy } from "../../recovery/retention/policy";
import { renewals } from "../../recovery/retention/renewals";
import { eachInFlight } from "../shared/in-flight";
import { type Log, reasonOf } from "../shared/log";
import type { ObjectLock, ObjectStore } from "../shared/objects";
import { seriesOfStore } from "../shared/series";
import { entriesOf, entryAt, type WrittenEntry } from "./entries";
import { decidingPoints } from "./good-points";
import { entryLockedUntil, holdOn } from "./hold";

export interface PointTools {
  readonly vault: ObjectStore;
  readonly catalogue: CatalogueReader;
  readonly log: Log;
  readonly now: () => Date;
  /** Whether there is time to go on with points; the documents have their own. */
  readonly goOnWithPoints: () => boolean;
}

export interface PointSettings {
  readonly system: string;
  readonly policy: RetentionPolicy;
  /** Between two runs, as they are scheduled. */
  readonly intervalSeconds: number;
  readonly lockMode: ObjectLock["mode"];
}

/** Stores that have recovery points in the vault, in the order of their names: so series are passed through in one order by every call. */
const STORES = ["chroma", "configuration", "postgres"] as const;

const EXAMINED_IN_FLIGHT = 16;
const DAY_MS = 86_400_000;

export type PointsDone = Pick<PointsRenewal, "series" | "failed" | "failures">;

export interface PointsPart {
  /** Null when the run is at its end. */
  readonly position: PointsPosition | null;
  readonly done: PointsDone;
}

/**
 * Lengthens the locks of the points that the policy keeps beyond their first lock: for ever, as the last good one, or for the long term. By turns, like
 * the documents' locks: one HEAD for each point whose turn it is, and nothing is read but what ends soon. Memory stays flat in the number of points.
 * @param again entries whose points could not be held the last time
 */
export const renewPoints = async (
  tools: PointTools,
  settings: PointSettings,
  { rotation, position, series: renewed, failed, failures }: Pick<PointsRenewal, "rotation" | "position"> & PointsDone,
  again: readonly string[] = [],
): Promise<PointsPart> => {
  const done = structuredClone({ series: renewed, failed, failures });
  for (const key of again) {
    const entry = await entryAt(tools.vault, key);
    if (entry !== undefined) await seriesRun(tools, settings, done, seriesOfKey(key))(entry);
  }
  for (const store of STORES)
    for (const series of await seriesOfStore(tools.vault, store)) {
      if (position !== null && series < position.series) continue;
      const place: Place = { after: position?.series === series ? position.after : null, stopped: false };
      const due = itsTurn(tools, series, (key) => isInShare(key, rotation), place);
      await eachInFlight(due, EXAMINED_IN_FLIGHT, seriesRun(tools, settings, done, series));
      if (place.stopped) return { position: { series, after: place.after }, done };
    }
  return { position: null, done };
};

const seriesOfKey = (key: string): Series => key.slice(POINTS_PREFIX.length, key.lastIndexOf("/"));

interface Place {
  after: string | null;
  stopped: boolean;
}

async function* itsTurn(
  { vault, goOnWithPoints }: PointTools,
  series: Series,
  isInTurn: (key: string) => boolean,
  place: Place,
): AsyncIterable<WrittenEntry> {
  // A beginning is a place as well: a call that has no time for a series leaves it to the next one.
  if (!goOnWithPoints()) {
    place.stopped = true;
    return;
  }
  for await (const entry of entriesOf(vault, series, place.after ?? undefined)) {
    if (isInTurn(entry.key)) yield entry;
    place.after = entry.key;
    if (goOnWithPoints()) continue;
    place.stopped = true;
    return;
  }
}

/** What is done with each entry of a series. What the whole series has to be read for is read at most once, and only when something of it ends. */
const seriesRun = (
  tools: PointTools,
  settings: PointSettings,
  done: PointsDone,
  series: Series,
): ((entry: WrittenEntry) => Promise<void>) => {
  const tally = tallyOf(done, settings, series);
  let deciding: Promise<readonly RetainedPoint[]> | undefined;
  const decidedBy = (): Promise<readonly RetainedPoint[]> => {
    deciding ??= holdOf(settings.policy, series).kind === "forever" ? Promise.resolve([]) : goodPoints(tools, settings, series);
    return deciding;
  };
  return async (entry) => {
    try {
      await renewPoint(tools, settings, series, tally, entry, decidedBy);
    } catch (error) {
      // One that cannot be held must not keep the others from being.
      const reason = reasonOf(error);
      done.failed += 1;
      if (done.failures.length < NAMED_FAILURES) done.failures.push({ key: entry.key, reason });
      tools.log.error("a point could not be held", { entryKey: entry.key, reason });
    }
  };
};

const tallyOf = (done: PointsDone, { policy }: PointSettings, series: Series): RenewedSeries => {
  const known = done.series.find((each) => each.series === series);
  if (known !== undefined) return known;
  const held = holdOf(policy, series).kind === "forever" ? "for ever" : "as the policy keeps them";
  const tally: RenewedSeries = { series, held, examined: 0, due: 0, lengthened: 0 };
  done.series.push(tally);
  return tally;
};

const goodPoints = ({ catalogue }: PointTools, { system, policy }: PointSettings, series: Series): Promise<readonly RetainedPoint[]> =>
  decidingPoints(
    catalogue.keys(seriesPrefix(series)),
    async (key) => retained(await judgedAt(catalogue, system, series, key)),
    policy.longTerm,
  );

interface JudgedPoint {
  readonly point: RecoveryPoint;
  readonly usable: boolean;
}

/** Entries that are not authentic, or not of this series, are nobody's points. */
const judgedAt = async (catalogue: CatalogueReader, system: string, series: Series, key: string): Promise<JudgedPoint | undefined> => {
  const { point, usable, isForeign = false } = await judge(catalogue, system, series, key);
  return point === undefined || isForeign ? undefined : { point, usable };
};

const retained = (judged: JudgedPoint | undefined, lockedUntil = judged?.point.lock.until ?? ""): RetainedPoint | undefined => {
  if (judged === undefined) return undefined;
  const { series, pointId, asOf } = judged.point;
  return { series, pointId, asOf, lockedUntil, good: judged.usable };
};

const renewPoint = async (
  tools: PointTools,
  { system, policy, lockMode }: PointSettings,
  series: Series,
  tally: RenewedSeries,
  entry: WrittenEntry,
  decidedBy: () => Promise<readonly RetainedPoint[]>,
): Promise<void> => {
  const marginDays = renewalMarginDays({ days: policy.renewedLockDays });
  const horizon = new Date(tools.now().getTime() + marginDays * DAY_MS);
  tally.examined += 1;
  const ends = await entryLockedUntil(tools.vault, entry);
  if (ends !== undefined && ends > horizon) return;
  const judged = await judgedAt(tools.catalogue, system, series, entry.key);
  const candidate = retained(judged, (ends ?? new Date(0)).toISOString());
  if (judged === undefined || candidate === undefined) return;
  const others = (await decidedBy()).filter(({ pointId }) => pointId !== candidate.pointId);
  const due = renewals([...others, candidate], policy, tools.now(), marginDays).find(({ point }) => point === candidate);
  if (due === undefined) return;
  tally.due += 1;
  await holdOn(tools.vault, entry, judged.point, { mode: lockMode, until: wholeSeconds(due.until) });
  tally.lengthened += 1;
  tools.log.info("a point is held on", { entryKey: entry.key, reason: due.reason, until: due.until.toISOString() });
};

/** S3 keeps no more. */
const wholeSeconds = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);
