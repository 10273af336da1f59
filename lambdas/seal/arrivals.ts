import { type ExportKind, exportPrefix } from "../../recovery/catalogue/export";
import { exportOfKey } from "../../recovery/catalogue/kinds";
import { LifeboatError } from "../../recovery/errors";
import { catalogueOf } from "../shared/catalogue";
import type { ArrivedObject } from "../shared/events";
import { reasonOf } from "../shared/log";
import type { ObjectStore } from "../shared/objects";
import type { SealedPoint, SealResponse } from "./events";
import { ensureLocked, lockFor } from "./locks";
import { recentPoints } from "./lost";
import { type SealSettings, type SealTools, sealPoint } from "./point";
import { unfinishedPoints } from "./unfinished";

/** Errors that say for certain that a point is not what it should be. Anything else may pass, and is retried by Lambda. */
const REFUSALS: ReadonlySet<string> = new Set(["digest-mismatch", "short-export", "point-refused"]);

/** Locks all that arrived, then seals each point that became whole by it. */
export const sealArrivals = async (tools: SealTools, settings: SealSettings, arrivals: readonly ArrivedObject[]): Promise<SealResponse> => {
  // One object or point that fails must not keep the others of the same event from being locked and sealed.
  const failures: unknown[] = [];
  let locked = 0;
  for (const arrival of arrivals) {
    try {
      if (await lockArrival(tools, settings, arrival)) locked += 1;
    } catch (error) {
      failures.push(error);
      const { bucket, key, versionId } = arrival;
      tools.log.error("an object could not be locked", { bucket, key, versionId, reason: reasonOf(error) });
    }
  }

  const sealed = await sealEach(tools, settings, pointsOf(tools.vault, arrivals));
  failures.push(...sealed.failures);
  if (failures.length > 0) throw failures[0];
  return { locked, points: sealed.points };
};

/** A scheduled call: goes on with the points that take several runs, and seals those of whose arrival nobody was told. */
export const sealOnSchedule = async (tools: SealTools, settings: SealSettings): Promise<SealResponse> => {
  const unfinished = await unfinishedPoints(catalogueOf(tools.vault, tools.authenticator), tools.now());
  const begun = new Set(unfinished.map(({ pointId }) => pointId));
  const recent = (await recentPoints(tools.vault, tools.now())).filter(({ pointId }) => !begun.has(pointId));
  const { points, failures } = await sealEach(tools, settings, [...unfinished, ...recent]);
  // What can never be sealed was told as such, and is met again at each call of its day.
  const passing = failures.filter((failure) => !isRefusal(failure));
  if (passing.length > 0) throw passing[0];
  return { locked: 0, points: points.filter(({ outcome }) => outcome !== "already-sealed") };
};

interface ArrivedPoint {
  readonly kind: ExportKind;
  readonly pointId: string;
}

const sealEach = async (
  tools: SealTools,
  settings: SealSettings,
  arrived: Iterable<ArrivedPoint>,
): Promise<{ readonly points: SealedPoint[]; readonly failures: readonly unknown[] }> => {
  const points: SealedPoint[] = [];
  const failures: unknown[] = [];
  for (const { kind, pointId } of arrived) {
    try {
      const point = await sealPoint(tools, settings, kind, pointId);
      points.push(point);
      tools.log.info("point", { pointId, outcome: point.outcome, missing: point.missing, entryKey: point.entryKey });
    } catch (error) {
      failures.push(error);
      await reportFailure(tools, pointId, error);
    }
  }
  return { points, failures };
};

/** An object is locked for its store's period from its arrival on; a second delivery of the event has the same time and lengthens nothing. */
const lockArrival = async ({ vault, log }: SealTools, settings: SealSettings, arrival: ArrivedObject): Promise<boolean> => {
  if (arrival.bucket !== vault.bucket)
    throw new LifeboatError({
      code: "configuration",
      what: "An object arrived in a bucket that this function does not seal",
      received: arrival.bucket,
      allowed: vault.bucket,
      hint: "Remove that bucket's notification, or set VAULT_BUCKET",
    });
  const object = await vault.head(arrival.key, arrival.versionId);
  if (object === undefined) {
    log.warn("an object that arrived is gone", { key: arrival.key, versionId: arrival.versionId });
    return false;
  }
  return ensureLocked(vault, object, lockFor(settings.lockMode, settings.backupRetentionDays, arrival.arrivedAt));
};

const pointsOf = (vault: ObjectStore, arrivals: readonly ArrivedObject[]) => {
  const found = arrivals.filter(({ bucket }) => bucket === vault.bucket).flatMap(({ key }) => exportOfKey(key) ?? []);
  return new Map(found.map((each) => [exportPrefix(each.kind, each.pointId), each])).values();
};

const reportFailure = async (tools: SealTools, pointId: string, error: unknown): Promise<void> => {
  const code = error instanceof LifeboatError ? error.code : "internal";
  tools.log.error("a point could not be sealed", { pointId, code, reason: reasonOf(error) });
  if (isRefusal(error)) await tools.refused();
};

const isRefusal = (error: unknown): boolean => error instanceof LifeboatError && REFUSALS.has(error.code);
