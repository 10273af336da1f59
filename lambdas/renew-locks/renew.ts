import { LifeboatError } from "../../recovery/errors";
import { FINISHED_RENEWALS_PREFIX, renewalKey, renewalProgressKey, UNFINISHED_RENEWALS_PREFIX } from "../../recovery/objects/keys";
import { renewalRuns } from "../../recovery/objects/locks";
import { emptyRenewal, Renewal, RenewalProgress } from "../../recovery/objects/renewal";
import { nextShare } from "../../recovery/objects/rotation";
import { reasonOf } from "../shared/log";
import { readNewest, toContinue } from "../shared/passes";
import { putOnce } from "../shared/put-once";
import { type DocumentSettings, type DocumentTools, renewDocuments } from "./documents";
import type { RenewLocksResponse } from "./events";
import { failedSince } from "./failures";
import type { PointSettings, PointTools } from "./points";
import { type RenewedPoints, renewPointsOn } from "./renew-points";

export type RenewTools = DocumentTools & PointTools;
export type RenewSettings = DocumentSettings & PointSettings;

/**
 * Renews what has to be locked for longer than its lock: of the recovery points and of the documents the share whose turn it is, each from where an
 * earlier call stopped and each in its own time. Locks are only ever lengthened, so that any call may be repeated or cut.
 */
export const renewLocks = async (tools: RenewTools, settings: RenewSettings): Promise<RenewLocksResponse> => {
  const points = await renewPointsOn(tools, settings).catch((error: unknown): RenewedPoints => {
    // The documents' locks end while somebody mends this.
    tools.log.error("the recovery points' locks could not be renewed", { reason: reasonOf(error) });
    return { finished: false, series: [], failures: [`the recovery points: ${reasonOf(error)}`] };
  });
  const documents = await renewDocumentsOn(tools, settings);
  refuseToHide([...points.failures, ...documents.failures]);
  return {
    outcome: points.finished && documents.reportKey !== undefined ? "finished" : "continues",
    ...(documents.reportKey === undefined ? {} : { reportKey: documents.reportKey }),
    documentsLengthened: documents.lengthened,
    series: [...points.series],
  };
};

interface RenewedDocuments {
  /** Absent when the time did not suffice. */
  readonly reportKey?: string;
  readonly lengthened: number;
  /** Failures of this call. */
  readonly failures: readonly string[];
}

const renewDocumentsOn = async (tools: RenewTools, settings: RenewSettings): Promise<RenewedDocuments> => {
  const { vault, now } = tools;
  const last = await readNewest(vault, FINISHED_RENEWALS_PREFIX, Renewal);
  const unfinished = toContinue(await readNewest(vault, UNFINISHED_RENEWALS_PREFIX, RenewalProgress), last, now());
  const progress = unfinished ?? newRun(settings, last, now());
  const again = unfinished === undefined ? (last?.tally.failures.map(({ key }) => key) ?? []) : [];
  const { after, tally } = await renewDocuments(tools, settings, progress, again);
  const calls = progress.calls + 1;
  const so = { lengthened: tally.lengthened, failures: failedSince(progress.tally, tally) };
  if (after !== undefined) {
    const text = JSON.stringify({ ...progress, after, tally, calls } satisfies RenewalProgress);
    await putOnce(vault, renewalProgressKey(now().toISOString(), text), text, { contentType: "application/json" });
    return so;
  }
  const { system, startedAt, rotation } = progress;
  const report: Renewal = {
    schema: "lifeboat/renewal/1",
    ...{ system, startedAt, rotation, calls, tally },
    finishedAt: now().toISOString(),
  };
  const text = JSON.stringify(report);
  const reportKey = renewalKey(startedAt, text);
  await putOnce(vault, reportKey, text, { contentType: "application/json" });
  tools.log.info("renewed", { reportKey, examined: tally.examined, lengthened: tally.lengthened });
  return { ...so, reportKey };
};

const newRun = ({ system, period, intervalSeconds }: RenewSettings, last: Renewal | undefined, now: Date): RenewalProgress => ({
  schema: "lifeboat/renewal-progress/1",
  system,
  startedAt: now.toISOString(),
  rotation: nextShare(last?.rotation, renewalRuns(period, intervalSeconds)),
  after: null,
  calls: 0,
  tally: emptyRenewal(),
});

/** Whatever could be locked is, and the report stands; then the function fails, because that is what pages somebody. */
const refuseToHide = (failures: readonly string[]): void => {
  if (failures.length === 0) return;
  throw new LifeboatError({
    code: "store-unavailable",
    what: `${failures.length} locks could not be renewed`,
    received: failures.slice(0, 5).join("; "),
    allowed: "every version that is held is in its bucket, and its lock can be lengthened",
    hint: "Look at each object's versions and retention; a version that is gone was deleted by somebody who may bypass locks. The next run begins with these",
  });
};
