import { RENEWED_POINTS_PREFIX, renewedPointsKey } from "../../recovery/objects/keys";
import { renewalRuns } from "../../recovery/objects/locks";
import { PointsRenewal } from "../../recovery/objects/renewal";
import { nextShare } from "../../recovery/objects/rotation";
import { readNewest } from "../shared/passes";
import { putOnce } from "../shared/put-once";
import { failedSince } from "./failures";
import { type PointSettings, type PointTools, renewPoints } from "./points";

export interface RenewedPoints {
  readonly finished: boolean;
  readonly series: PointsRenewal["series"];
  /** Failures of this call, a sentence each: what a point needs is gone, or under a lock that cannot be lengthened. */
  readonly failures: readonly string[];
}

/** Goes on with the recovery points from where the last call stopped, and keeps where this one does: as one object, whole or not. */
export const renewPointsOn = async (tools: PointTools, settings: PointSettings): Promise<RenewedPoints> => {
  const { vault, now } = tools;
  const last = await readNewest(vault, RENEWED_POINTS_PREFIX, PointsRenewal);
  const begun = last === undefined || last.position === null ? newRun(settings, last, now()) : last;
  const again = last?.position === null ? last.failures.map(({ key }) => key) : [];
  const { position, done } = await renewPoints(tools, settings, begun, again);
  const writtenAt = now().toISOString();
  const text = JSON.stringify({ ...begun, ...done, position, writtenAt, calls: begun.calls + 1 } satisfies PointsRenewal);
  await putOnce(vault, renewedPointsKey(writtenAt, text), text, { contentType: "application/json" });
  tools.log.info("recovery points held", { finished: position === null, series: done.series.length, failed: done.failed });
  return { finished: position === null, series: done.series, failures: failedSince(begun, done) };
};

const newRun = ({ system, policy, intervalSeconds }: PointSettings, last: PointsRenewal | undefined, now: Date): PointsRenewal => ({
  schema: "lifeboat/points-renewal/1",
  system,
  startedAt: now.toISOString(),
  writtenAt: now.toISOString(),
  rotation: nextShare(last?.rotation, renewalRuns({ days: policy.renewedLockDays }, intervalSeconds)),
  position: null,
  calls: 0,
  ...{ series: [], failed: 0, failures: [] },
});
