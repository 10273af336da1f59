import { exportPrefix } from "../../recovery/catalogue/export";
import { exportOfKey } from "../../recovery/catalogue/kinds";
import { LifeboatError } from "../../recovery/errors";
import type { ArrivedObject } from "../shared/events";
import { reasonOf } from "../shared/log";
import type { ObjectStore } from "../shared/objects";
import type { SealedPoint, SealResponse } from "./events";
import { ensureLocked, lockFor } from "./locks";
import { type SealSettings, type SealTools, sealPoint } from "./point";

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

  const points: SealedPoint[] = [];
  for (const { kind, pointId } of pointsOf(tools.vault, arrivals)) {
    try {
      const point = await sealPoint(tools, settings, kind, pointId);
      points.push(point);
      tools.log.info("point", { pointId, outcome: point.outcome, missing: point.missing, entryKey: point.entryKey });
    } catch (error) {
      failures.push(error);
      await reportFailure(tools, pointId, error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return { locked, points };
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
  if (REFUSALS.has(code)) await tools.refused();
};
