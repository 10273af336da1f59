import { messageOf } from "../../recovery/errors";
import { bucketOf, type Job, sourceBucketOf } from "./job";
import { type Entry, entriesOf, histories } from "./manifest";
import { reportFiles, type TaskLine } from "./report";
import type { Replicator, Surroundings } from "./surroundings";

/** What decides over a job from outside while it runs. */
export interface Control {
  readonly cancelled: AbortSignal;
  /** Resolves when somebody confirms the job. */
  readonly confirmed: Promise<void>;
  /** Resolves when the job's region can be reached: at once, but while it is cut off. */
  readonly reachable: () => Promise<void>;
}

export interface ExecutorOptions {
  readonly surroundings: Surroundings;
  readonly now: () => Date;
}

/** As many keys at a time: a copy is latency, and the replication has a limit of its own. */
const KEYS_IN_FLIGHT = 8;

/** A job that cannot begin. Codes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-failure-codes.html, as far as they fit. */
class JobFailure extends Error {
  constructor(
    readonly code: string,
    reason: string,
  ) {
    super(reason);
  }
}

/** Runs a job to its end. Whatever happens, the job says it. */
export const execute = async (job: Job, control: Control, options: ExecutorOptions): Promise<void> => {
  const lines: TaskLine[] = [];
  try {
    await control.reachable();
    job.status = "Preparing";
    const { replicator, manifest } = await prepare(job, options.surroundings);
    if (job.request.ConfirmationRequired) await untilConfirmed(job, control);
    await runTasks(job, control, { replicator, manifest, lines, now: options.now });
    await control.reachable();
    if (!control.cancelled.aborted) job.status = "Completing";
    await writeReport(job, lines, options);
    job.status = control.cancelled.aborted ? "Cancelled" : "Complete";
  } catch (thrown) {
    job.failures = [{ code: thrown instanceof JobFailure ? thrown.code : "InternalError", reason: messageOf(thrown).slice(0, 256) }];
    job.status = control.cancelled.aborted ? "Cancelled" : "Failed";
  }
  job.endedAt = options.now();
};

interface Prepared {
  readonly replicator: Replicator;
  readonly manifest: readonly (readonly Entry[])[];
}

const prepare = async (job: Job, surroundings: Surroundings): Promise<Prepared> => {
  const { RoleArn, ManifestGenerator } = job.request;
  const bucket = sourceBucketOf(job);
  const problem = await surroundings.roleProblem(RoleArn);
  if (problem !== undefined) throw new JobFailure("AssumeRoleNotPermitted", problem);
  for (const [action, resource] of neededBy(job)) {
    if (!(await surroundings.roleMay(RoleArn, action, resource)))
      throw new JobFailure("AccessDenied", `${RoleArn} may not ${action} on ${resource}`);
  }
  const home = await surroundings.homeOf(bucket);
  if (home === undefined) throw new JobFailure("SrcBucketNotFound", `The source bucket ${bucket} does not exist`);
  if (home !== job.region)
    throw new JobFailure("SrcBucketInvalidRegion", `The source bucket ${bucket} is in ${home}, not in ${job.region}`);
  const replicator = surroundings.replicatorOf(bucket, home);
  if (replicator === undefined) {
    throw new JobFailure("SrcBucketReplicationConfigMissing", `The source bucket ${bucket} has no replication configuration`);
  }
  const manifest: (readonly Entry[])[] = [];
  for await (const history of histories(surroundings.versions(bucket, home))) {
    const entries = entriesOf(history, ManifestGenerator.S3JobManifestGenerator.Filter, replicator);
    const asked = entries.filter((entry) => entry.asked).length;
    if (asked > 0) manifest.push(entries);
    job.tasks.total += asked;
  }
  return { replicator, manifest };
};

/** What a job's role has to be let do. https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-batch-replication-policies.html */
const neededBy = (job: Job): readonly (readonly [action: string, resource: string])[] => {
  const { Enabled, Bucket, Prefix } = job.request.Report;
  const source = `arn:aws:s3:::${sourceBucketOf(job)}`;
  return [
    ["s3:GetReplicationConfiguration", source],
    ["s3:PutInventoryConfiguration", source],
    ["s3:InitiateReplication", `${source}/*`],
    ...(Enabled ? [["s3:PutObject", `${Bucket}/${Prefix === undefined ? "" : `${Prefix}/`}job-${job.id}/manifest.json`] as const] : []),
  ];
};

const untilConfirmed = async (job: Job, { cancelled, confirmed }: Control): Promise<void> => {
  job.status = "Suspended";
  const over = new Promise<void>((done) => cancelled.addEventListener("abort", () => done(), { once: true }));
  await Promise.race([confirmed, over]);
};

interface Run extends Prepared {
  readonly lines: TaskLine[];
  readonly now: () => Date;
}

const runTasks = async (job: Job, control: Control, { replicator, manifest, lines, now }: Run): Promise<void> => {
  if (control.cancelled.aborted) return;
  job.status = "Active";
  const startedMs = now().getTime();
  const left = [...manifest];
  const worker = async (): Promise<void> => {
    for (let history = left.shift(); history !== undefined && !control.cancelled.aborted; history = left.shift()) {
      await control.reachable();
      const results = await replicator.replicate(history);
      for (const [index, entry] of history.entries()) if (entry.asked) note(job, entry, results[index], lines);
      job.activeSeconds = (now().getTime() - startedMs) / 1000;
    }
  };
  await Promise.all(Array.from({ length: KEYS_IN_FLIGHT }, worker));
};

type Result = Awaited<ReturnType<Replicator["replicate"]>>[number];

const note = (job: Job, version: Entry, result: Result | undefined, lines: TaskLine[]): void => {
  if (result === undefined || result.result === "failed") {
    job.tasks.failed += 1;
    lines.push({ version, failure: result?.reason ?? "no result" });
  } else if (result.result === "unmatched") {
    // S3 sees an object's tags and encryption before it lists it; here they show when it is read, and it is taken off the list again.
    job.tasks.total -= 1;
  } else {
    job.tasks.succeeded += 1;
    if (job.request.Report.ReportScope === "AllTasks") lines.push({ version });
  }
};

const writeReport = async (job: Job, lines: readonly TaskLine[], { surroundings, now }: ExecutorOptions): Promise<void> => {
  const { Enabled, Bucket } = job.request.Report;
  // "As long as at least one task has been invoked": https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html
  if (!Enabled || Bucket === undefined || job.tasks.succeeded + job.tasks.failed === 0) return;
  for (const { key, body } of reportFiles(job, sourceBucketOf(job), lines, now())) await surroundings.put(bucketOf(Bucket), key, body);
};
