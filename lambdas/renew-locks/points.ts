import { proofsPrefixOf, seriesPrefix } from "../../recovery/catalogue/keys";
import type { RecoveryPoint } from "../../recovery/catalogue/point";
import { type CatalogueReader, judge } from "../../recovery/catalogue/select";
import type { Series } from "../../recovery/catalogue/series";
import { renewalMarginDays } from "../../recovery/objects/locks";
import type { RenewedSeries } from "../../recovery/objects/renewal";
import type { RetainedPoint } from "../../recovery/retention/point";
import { holdOf, type RetentionPolicy } from "../../recovery/retention/policy";
import { renewals } from "../../recovery/retention/renewals";
import { ensureLocked } from "../seal/locks";
import { type Log, reasonOf } from "../shared/log";
import type { ObjectLock, ObjectStore } from "../shared/objects";
import { seriesOfStore } from "../shared/series";

export interface PointTools {
  readonly vault: ObjectStore;
  readonly catalogue: CatalogueReader;
  readonly log: Log;
  readonly now: () => Date;
}

export interface PointSettings {
  readonly system: string;
  readonly policy: RetentionPolicy;
  readonly lockMode: ObjectLock["mode"];
}

/** Stores that have recovery points in the vault. */
const STORES = ["postgres", "chroma", "configuration"] as const;

const DAY_MS = 86_400_000;

export interface RenewedPoints {
  readonly series: readonly RenewedSeries[];
  /** What could not be held, a sentence each: what a point needs is gone, or under a lock that cannot be lengthened. */
  readonly failures: readonly string[];
}

/** Lengthens the locks of the points that the policy keeps beyond their first lock: for ever, as the last good one, or for the long term. */
export const renewPoints = async (tools: PointTools, settings: PointSettings): Promise<RenewedPoints> => {
  const renewed: RenewedSeries[] = [];
  const failures: string[] = [];
  for (const store of STORES)
    for (const series of await seriesOfStore(tools.vault, store)) renewed.push(await renewSeries(tools, settings, series, failures));
  return { series: renewed, failures };
};

interface Held extends RetainedPoint {
  readonly entryKey: string;
  readonly entry: RecoveryPoint;
}

const renewSeries = async (tools: PointTools, settings: PointSettings, series: Series, failures: string[]): Promise<RenewedSeries> => {
  const { policy, lockMode } = settings;
  const points = await pointsOf(tools, settings, series);
  const marginDays = renewalMarginDays({ days: policy.renewedLockDays });
  const horizon = new Date(tools.now().getTime() + marginDays * DAY_MS);
  const due = renewals(points, policy, tools.now(), marginDays);
  let lengthened = 0;
  for (const { point, reason, until } of due) {
    try {
      if (!(await holdOn(tools.vault, point, { mode: lockMode, until: wholeSeconds(until) }, horizon))) continue;
      lengthened += 1;
      tools.log.info("a point is held on", { pointId: point.pointId, reason, until: until.toISOString() });
    } catch (error) {
      const problem = reasonOf(error);
      failures.push(`${point.pointId}: ${problem}`);
      tools.log.error("a point could not be held", { pointId: point.pointId, reason: problem });
    }
  }
  const held = holdOf(policy, series).kind === "forever" ? "for ever" : "as the policy keeps them";
  return { series, held, points: points.length, due: due.length, lengthened };
};

/** S3 keeps no more. */
const wholeSeconds = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);

/** Entries that are not authentic are nobody's points. Their locks are those of the sealing: whether they were renewed since is seen in the vault. */
const pointsOf = async ({ catalogue }: PointTools, { system }: PointSettings, series: Series): Promise<readonly Held[]> => {
  const points: Held[] = [];
  for await (const entryKey of catalogue.keys(seriesPrefix(series))) {
    const { point: entry, usable } = await judge(catalogue, system, series, entryKey);
    if (entry === undefined || entry.series !== series || entry.system !== system) continue;
    const { pointId, asOf } = entry;
    points.push({ series, pointId, asOf, lockedUntil: entry.lock.until, good: usable, entryKey, entry });
  }
  return points;
};

/**
 * Holds a point on, when its lock ends before the horizon. The manifest comes last: its lock says that all the others were lengthened, so an
 * interrupted call does it again.
 */
const holdOn = async (vault: ObjectStore, { entryKey, entry }: Held, lock: ObjectLock, horizon: Date): Promise<boolean> => {
  const manifest = await present(vault, entry.manifest);
  if (manifest.lock !== undefined && manifest.lock.until > horizon) return false;
  for (const part of entry.parts) await ensureLocked(vault, await present(vault, part), lock);
  for (const prefix of [entryKey, proofsPrefixOf(entryKey)]) await lockAll(vault, prefix, lock);
  await ensureLocked(vault, manifest, lock);
  return true;
};

const present = async (vault: ObjectStore, { key, versionId }: Pick<RecoveryPoint["manifest"], "key" | "versionId">) => {
  const found = await vault.head(key, versionId);
  if (found !== undefined) return found;
  throw new Error(`${key} (version ${versionId}) is gone from the vault`);
};

/** Every version: which of them counts is the reader's to say. */
const lockAll = async (vault: ObjectStore, prefix: string, lock: ObjectLock): Promise<void> => {
  for await (const page of vault.versions(prefix))
    for (const { key, versionId, isDeleteMarker } of page)
      if (!isDeleteMarker) await ensureLocked(vault, await present(vault, { key, versionId }), lock);
};
