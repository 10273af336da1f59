import { LifeboatError } from "../../recovery/errors";
import { type Backfill, isUnderWay } from "../../recovery/existing/backfill";
import { bucketRefusals } from "../../recovery/existing/bucket";
import { refusedFor } from "../../recovery/existing/refusal";
import { mergeReplication, removeOwn, sameReplication, type Wanted } from "../../recovery/existing/replication";
import { readBackfill } from "../shared/backfill";
import { DEADLINE_MARGIN_MS } from "../shared/deadline";
import type { Log } from "../shared/log";
import { type BackfillTools, endBackfill, noteBackfill, startBackfill, trackBackfill } from "./backfill";
import type { ProtectBucketEvent, ProtectBucketResponse } from "./events";
import type { BucketSettings, HeldReplication } from "./settings";

export interface ProtectTools extends BackfillTools {
  readonly system: string;
  readonly region: string;
  readonly settings: BucketSettings;
  readonly log: Log;
  readonly remainingMs: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** How long a deployment waits for the backfill; what takes longer is followed by the schedule. */
const WAITED_MS = 60_000;
/** Batch Operations asks to be polled every 30 seconds at most; a bucket with few objects is done before. https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshooting-batch-operations.html */
const FIRST_POLL_MS = 1000;
const LAST_POLL_MS = 30_000;

type Asked = Omit<ProtectBucketEvent, "tf">;

const wantedOf = (system: string, asked: Asked): Wanted => ({
  system,
  bucket: asked.bucket,
  role: asked.replicationRoleArn,
  ownsRole: asked.ownsReplicationRole,
  rules: asked.rules,
});

/** Adds Lifeboat's rules to those of the bucket and has what is there already replicated. All of it is refused, or all of it is done. */
export const protectBucket = async (tools: ProtectTools, asked: Asked): Promise<ProtectBucketResponse> => {
  const wanted = wantedOf(tools.system, asked);
  const found = await tools.settings.facts();
  const existing = found.region === tools.region ? await tools.settings.replication() : undefined;
  const merged = mergeReplication(existing, wanted);
  const mayUse = { region: tools.region, enableVersioning: asked.enableVersioning, keyArn: asked.keyArn ?? undefined };
  const refusals = [...bucketRefusals(found, mayUse), ...(merged.refusals ?? [])];
  if (merged.merged === undefined || refusals.length > 0)
    throw refusedFor(`The bucket ${asked.bucket} cannot be protected as it is`, refusals);

  const changed: ProtectBucketResponse["changed"] = [];
  if (found.versioning !== "Enabled") {
    await tools.settings.enableVersioning();
    changed.push("versioning");
  }
  const noted = await noteBackfill(tools, wanted);
  if (!sameReplication(existing, merged.merged)) {
    await write(tools.settings, asked.bucket, merged.merged);
    changed.push("replication");
  }
  const backfill = await wait(tools, await startBackfill(tools, noted, asked.batchRoleArn));
  report(tools.log, backfill);
  return { bucket: asked.bucket, changed, backfill };
};

/** S3 knows no condition on this write: somebody else's change between the reading and the writing would be lost, so it is read back at least. */
const write = async (settings: BucketSettings, bucket: string, replication: HeldReplication | undefined): Promise<void> => {
  await settings.replicate(replication);
  if (sameReplication(await settings.replication(), replication)) return;
  throw new LifeboatError({
    code: "internal",
    what: `The replication of ${bucket} is not what was written`,
    received: "other rules, read back at once",
    allowed: JSON.stringify(replication?.rules.map(({ ID }) => ID) ?? []),
    hint: "Somebody else changes it at the same time: see that nobody does, compare the rules with what they should be, and deploy again",
  });
};

const wait = async (tools: ProtectTools, begun: Backfill): Promise<Backfill> => {
  let backfill = begun;
  let left = Math.min(WAITED_MS, tools.remainingMs() - DEADLINE_MARGIN_MS);
  for (let pause = FIRST_POLL_MS; isUnderWay(backfill) && left > 0; pause = Math.min(2 * pause, LAST_POLL_MS)) {
    await tools.sleep(Math.min(pause, left));
    left -= pause;
    backfill = await trackBackfill(tools, backfill);
  }
  return backfill;
};

/** A backfill that could not be done at all fails the deployment; single objects that could not be replicated are listed. */
const report = (log: Log, backfill: Backfill): void => {
  const { status, reasons, objects, failed } = backfill;
  if (status === "failed")
    throw new LifeboatError({
      code: "store-unavailable",
      what: `What was in ${backfill.bucket} before its protection could not be replicated; its rules are in place, and new objects are`,
      received: reasons.join("; "),
      allowed: "a batch job that completes",
      hint: "Mend what it names and deploy again: a new batch job is asked for",
    });
  if (objects.failed > 0)
    log.warn("objects could not be replicated", { failed: objects.failed, listed: failed.map(({ key, code }) => `${key}: ${code}`) });
};

/** Takes Lifeboat's rules out and leaves everything else as it is: others' rules, versioning, and every object. */
export const releaseBucket = async (tools: ProtectTools, asked: Asked): Promise<ProtectBucketResponse> => {
  const wanted = wantedOf(tools.system, asked);
  const gone: ProtectBucketResponse = { bucket: asked.bucket, changed: [], backfill: null };
  if (!(await tools.settings.exists())) return gone;
  const existing = await tools.settings.replication();
  const { left, refusals } = removeOwn(existing, wanted);
  if (refusals !== undefined) throw refusedFor(`The protection of ${asked.bucket} cannot be taken away`, refusals);
  await endBackfill(tools);
  if (sameReplication(existing, left)) return gone;
  await write(tools.settings, asked.bucket, left);
  return { ...gone, changed: ["replication"] };
};

/** The schedule's part: how far has the backfill come? */
export const followBackfill = async (tools: ProtectTools): Promise<ProtectBucketResponse> => {
  const before = await readBackfill(tools.documents);
  const { bucket } = tools.documents;
  if (before === undefined) return { bucket, changed: [], backfill: null };
  const backfill = await trackBackfill(tools, before);
  report(tools.log, backfill);
  return { bucket, changed: [], backfill };
};
