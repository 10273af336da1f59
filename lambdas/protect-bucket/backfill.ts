import { BACKFILL_KEY, type Backfill, isUnderWay, newBackfill, type Protected, stillStands } from "../../recovery/existing/backfill";
import { readBackfill } from "../shared/backfill";
import type { ObjectStore } from "../shared/objects";
import type { BatchJobs } from "./jobs";
import { readReport } from "./report";

export interface BackfillTools {
  /** The protected bucket. */
  readonly documents: ObjectStore;
  /** The bucket with the jobs' completion reports. */
  readonly reports: ObjectStore;
  readonly jobs: BatchJobs;
  readonly now: () => Date;
}

/**
 * The backfill that these rules need, written down before anything is done for it: an interrupted call goes on with the same token, and so with the same
 * job. Before the rules are in place too, so that the note itself is one of the objects to be replicated and no job begins with an empty list.
 */
export const noteBackfill = async (tools: BackfillTools, wanted: Protected): Promise<Backfill> => {
  const before = await readBackfill(tools.documents);
  if (before !== undefined && stillStands(before, wanted)) return before;
  if (before !== undefined) await cancel(tools, before);
  return keep(tools, newBackfill(wanted, tools.now()));
};

/** Asks for it, unless it was asked for already. */
export const startBackfill = async (tools: BackfillTools, backfill: Backfill, roleArn: string): Promise<Backfill> => {
  if (backfill.jobId !== undefined) return backfill;
  const jobId = await tools.jobs.start(backfill, roleArn);
  return keep(tools, { ...backfill, jobId, status: "running" });
};

/** How far it has come; written down only when that has changed, because the bucket keeps every version. */
export const trackBackfill = async (tools: BackfillTools, backfill: Backfill): Promise<Backfill> => {
  if (!isUnderWay(backfill) || backfill.jobId === undefined) return backfill;
  const job = await tools.jobs.find(backfill.jobId);
  const followed: Backfill =
    job === undefined
      ? { ...backfill, status: "failed", reasons: [`S3 does not know the batch job ${backfill.jobId}`], endedAt: tools.now().toISOString() }
      : {
          ...backfill,
          status: job.status,
          objects: job.objects,
          reasons: [...job.reasons],
          ...(job.endedAt === undefined ? {} : { endedAt: job.endedAt.toISOString() }),
        };
  const whole = isUnderWay(followed) ? followed : await withReport(tools, followed, backfill.jobId);
  return JSON.stringify(whole) === JSON.stringify(backfill) ? backfill : keep(tools, whole);
};

const withReport = async (tools: BackfillTools, backfill: Backfill, jobId: string): Promise<Backfill> => {
  const { manifestKey, failed } = await readReport(tools.reports, jobId);
  const report = manifestKey === undefined ? {} : { report: `s3://${tools.reports.bucket}/${manifestKey}` };
  return { ...backfill, failed: [...failed], ...report };
};

/** Ends it where the protection ends. A later protection has a gap behind it, which this one would hide. */
export const endBackfill = async (tools: BackfillTools): Promise<void> => {
  const backfill = await readBackfill(tools.documents);
  if (backfill === undefined) return;
  await cancel(tools, backfill);
  if (backfill.status !== "cancelled") await keep(tools, { ...backfill, status: "cancelled", endedAt: tools.now().toISOString() });
};

const cancel = async ({ jobs }: BackfillTools, backfill: Backfill): Promise<void> => {
  if (isUnderWay(backfill) && backfill.jobId !== undefined) await jobs.cancel(backfill.jobId);
};

const keep = async ({ documents }: BackfillTools, backfill: Backfill): Promise<Backfill> => {
  await documents.put(BACKFILL_KEY, JSON.stringify(backfill), { contentType: "application/json" });
  return backfill;
};
