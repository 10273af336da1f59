import type { ObjectStore } from "../../../lambdas/shared/objects";
import { outlookOf } from "../../../lambdas/shared/restore-outlook";
import { seriesOfStore } from "../../../lambdas/shared/series";
import { seriesPrefix } from "../../../recovery/catalogue/keys";
import { type CatalogueReader, type Judged, judge } from "../../../recovery/catalogue/select";
import { type Series, storeOf } from "../../../recovery/catalogue/series";
import type { RestoreOutlook, RestoreSettings } from "../../../recovery/estimates/chroma";
import { decide, NO_GOOD_ONE } from "../../../recovery/retention/decide";
import type { RetentionPolicy } from "../../../recovery/retention/policy";
import type { Store } from "../../../recovery/store";
import { type Behind, lastGoodBehind } from "./last-good";

/** A recovery point for an operator. Times are ISO, UTC; sizes bytes. */
export interface ListedPoint {
  readonly key: string;
  readonly pointId: string;
  readonly asOf: string;
  readonly ageSeconds: number;
  readonly sizeBytes: number;
  readonly parts: number;
  readonly counts: { readonly atSource: number; readonly written: number };
  /** The lock that stands on its manifest now; null when that is gone or not locked. */
  readonly lockedUntil: string | null;
  /** When its newest proof was made; null while nobody has read it back. */
  readonly provenAt: string | null;
  readonly usable: boolean;
  readonly reason: string;
  /** What the retention policy says of it; null where no policy could be read. */
  readonly retention: { readonly keep: boolean; readonly reason: string } | null;
}

/** Something under a series that is no recovery point. */
export interface Stranger {
  readonly key: string;
  readonly reason: string;
}

export interface ListedSeries {
  readonly series: Series;
  readonly store: Store;
  /** Newest first. */
  readonly points: readonly ListedPoint[];
  readonly strangers: readonly Stranger[];
  /** Whether older ones were not read. */
  readonly more: boolean;
  /** The newest good one, where none of these is good and an older one is. */
  readonly lastGood?: ListedPoint;
  /** Where there is no good one at all: whether every older one was looked at. */
  readonly isAllRead?: boolean;
  /** How long its newest usable point takes to come back; absent where nobody estimates it. */
  readonly restore?: RestoreOutlook;
}

export interface PointSources {
  readonly system: string;
  readonly vault: Pick<ObjectStore, "versions" | "head">;
  readonly catalogue: CatalogueReader;
  readonly policy: RetentionPolicy | undefined;
  /** What the restore of the vectors is estimated by, as it was deployed. */
  readonly chromaRestore: RestoreSettings | undefined;
  readonly now: Date;
}

/** Every series of the stores with its newest points: a request for each series, and a bounded number for each of its points. */
export const gatherPoints = async (
  sources: PointSources,
  stores: readonly Store[],
  limit: number,
  reading: (series: Series, fraction: number) => void = () => undefined,
): Promise<readonly ListedSeries[]> => {
  const series = (await Promise.all(stores.map((store) => seriesOfStore(sources.vault, store)))).flat();
  const listed: ListedSeries[] = [];
  for (const [index, one] of series.entries()) {
    reading(one, index / series.length);
    listed.push(await gatherSeries(sources, one, limit));
  }
  return listed;
};

export const gatherSeries = async (sources: PointSources, series: Series, limit: number): Promise<ListedSeries> => {
  const { keys, more } = await newestKeys(sources.catalogue, series, limit);
  const judged = await Promise.all(keys.map((key) => judge(sources.catalogue, sources.system, series, key)));
  const described = await Promise.all(judged.map((one) => describe(sources, one)));
  const points = described.flatMap((one) => (one === undefined ? [] : [one]));
  const lookOn = more && !judged.some(({ usable }) => usable);
  const { found, isAllRead }: Behind = lookOn
    ? await lastGoodBehind(sources.catalogue, sources.system, series, limit)
    : { isAllRead: true };
  const behind = found === undefined ? undefined : await describe(sources, found);
  const retained = withRetention(behind === undefined ? points : [...points, behind], series, sources);
  const [lastGood] = retained.slice(points.length);
  return {
    series,
    store: storeOf(series),
    points: retained.slice(0, points.length).map((point) => (isAllRead || found !== undefined ? point : asFarAsRead(point, limit))),
    strangers: judged.filter(({ point }) => point === undefined).map(({ key, reason }) => ({ key, reason })),
    more,
    ...(lastGood === undefined ? {} : { lastGood }),
    ...(lookOn && lastGood === undefined ? { isAllRead } : {}),
    ...(await restoreOf(sources, series, found === undefined ? judged : [...judged, found])),
  };
};

const restoreOf = async (
  { system, catalogue, chromaRestore }: PointSources,
  series: Series,
  judged: readonly Judged[],
): Promise<Pick<ListedSeries, "restore">> => {
  const newest = judged.find(({ usable }) => usable)?.point;
  if (series !== "chroma" || chromaRestore === undefined || newest === undefined) return {};
  return { restore: await outlookOf(catalogue, system, chromaRestore, newest) };
};

const newestKeys = async (catalogue: CatalogueReader, series: Series, limit: number) => {
  const keys: string[] = [];
  for await (const key of catalogue.keys(seriesPrefix(series))) {
    if (keys.length === limit) return { keys, more: true };
    keys.push(key);
  }
  return { keys, more: false };
};

const describe = async (
  { vault, now }: PointSources,
  { key, point, usable, reason, provenAt }: Judged,
): Promise<Omit<ListedPoint, "retention"> | undefined> => {
  if (point === undefined) return undefined;
  const { pointId, asOf, counts, manifest, parts } = point;
  const lock = (await vault.head(manifest.key, manifest.versionId))?.lock;
  return {
    ...{ key, pointId, asOf, counts, usable, reason, parts: parts.length },
    ageSeconds: Math.max(0, (now.getTime() - Date.parse(asOf)) / 1000),
    sizeBytes: parts.reduce((total, { sizeBytes }) => total + sizeBytes, manifest.sizeBytes),
    lockedUntil: lock?.until.toISOString() ?? null,
    provenAt: provenAt ?? null,
  };
};

/** The newest points decide which good one is the last, so that the policy says the same of them as if it saw all. */
const withRetention = (
  points: readonly Omit<ListedPoint, "retention">[],
  series: Series,
  { policy, now }: PointSources,
): readonly ListedPoint[] => {
  if (policy === undefined) return points.map((point) => ({ ...point, retention: null }));
  const seen = points.map((point) => ({ ...point, series, good: point.usable, lockedUntil: point.lockedUntil ?? NEVER_LOCKED }));
  const decisions = decide(seen, policy, now);
  return points.map((point, index) => {
    const decision = decisions[index];
    return { ...point, retention: decision === undefined ? null : { keep: decision.keep, reason: decision.reason } };
  });
};

/** Where not all were read, nobody may say that there is no good one. */
const asFarAsRead = (point: ListedPoint, limit: number): ListedPoint =>
  point.retention?.reason === NO_GOOD_ONE
    ? {
        ...point,
        retention: { ...point.retention, reason: `none of the newest ${limit} is known to be good; not all older ones were read` },
      }
    : point;

const NEVER_LOCKED = new Date(0).toISOString();
