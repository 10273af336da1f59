import { LifeboatError } from "../../recovery/errors";
import { FINISHED_RENEWALS_PREFIX, renewalKey, renewalProgressKey, UNFINISHED_RENEWALS_PREFIX } from "../../recovery/objects/keys";
import { renewalRuns } from "../../recovery/objects/locks";
import { emptyRenewal, Renewal, RenewalProgress } from "../../recovery/objects/renewal";
import { nextShare } from "../../recovery/objects/rotation";
import { readNewest, toContinue } from "../shared/passes";
import { putOnce } from "../shared/put-once";
import { type DocumentSettings, type DocumentTools, renewDocuments } from "./documents";
import type { RenewLocksResponse } from "./events";
import { type PointSettings, type PointTools, type RenewedPoints, renewPoints } from "./points";

export type RenewTools = DocumentTools & PointTools;
export type RenewSettings = DocumentSettings & PointSettings;

/**
 * Renews what has to be locked for longer than its lock: recovery points first, because each of them may be the last one, then the share of the
 * documents whose turn it is, from where an earlier call stopped. Locks are only ever lengthened, so that any call may be repeated or cut.
 */
export const renewLocks = async (tools: RenewTools, settings: RenewSettings): Promise<RenewLocksResponse> => {
  const { vault, now } = tools;
  const points = await renewPoints(tools, settings);
  const last = await readNewest(vault, FINISHED_RENEWALS_PREFIX, Renewal);
  const unfinished = await readNewest(vault, UNFINISHED_RENEWALS_PREFIX, RenewalProgress);
  const progress = toContinue(unfinished, last, now()) ?? newRun(settings, last, now());
  const { after, tally } = await renewDocuments(tools, settings, progress);
  const calls = progress.calls + 1;
  const so = { documentsLengthened: tally.lengthened, series: [...points.series] };
  if (after !== undefined) {
    const kept: RenewalProgress = { ...progress, after, tally, calls };
    const text = JSON.stringify(kept);
    await putOnce(vault, renewalProgressKey(now().toISOString(), text), text, { contentType: "application/json" });
    refuseToHide(points, []);
    return { outcome: "continues", ...so };
  }
  const { system, startedAt, rotation } = progress;
  const report: Renewal = {
    schema: "lifeboat/renewal/1",
    ...{ system, startedAt, rotation, calls, tally },
    finishedAt: now().toISOString(),
    series: [...points.series],
  };
  const text = JSON.stringify(report);
  const reportKey = renewalKey(startedAt, text);
  await putOnce(vault, reportKey, text, { contentType: "application/json" });
  tools.log.info("renewed", { reportKey, examined: tally.examined, lengthened: tally.lengthened });
  refuseToHide(
    points,
    tally.failures.map(({ key, reason }) => `${key}: ${reason}`),
  );
  return { outcome: "finished", reportKey, ...so };
};

const newRun = ({ system, period }: RenewSettings, last: Renewal | undefined, now: Date): RenewalProgress => ({
  schema: "lifeboat/renewal-progress/1",
  system,
  startedAt: now.toISOString(),
  rotation: nextShare(last?.rotation, renewalRuns(period)),
  after: null,
  calls: 0,
  tally: emptyRenewal(),
});

/** Whatever could be locked is, and the report stands; then the function fails, because that is what pages somebody. */
const refuseToHide = (points: RenewedPoints, documents: readonly string[]): void => {
  const failures = [...points.failures, ...documents];
  if (failures.length === 0) return;
  throw new LifeboatError({
    code: "store-unavailable",
    what: `${failures.length} locks could not be renewed`,
    received: failures.slice(0, 5).join("; "),
    allowed: "every version that is held is in its bucket, and its lock can be lengthened",
    hint: "Look at each object's versions and retention; a version that is gone was deleted by somebody who may bypass locks. The next run tries again",
  });
};
