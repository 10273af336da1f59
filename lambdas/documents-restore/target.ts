import * as z from "zod";
import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import { LifeboatError } from "../../recovery/errors";
import { RESERVED_DOCUMENTS_PREFIX } from "../../recovery/names";
import { readJson } from "../shared/json";
import { getText, type ObjectStore } from "../shared/objects";

/** Written before the first document: whose the bucket is. */
export const TARGET_MARKER_KEY = `${RESERVED_DOCUMENTS_PREFIX}restored-by.json`;

export const TargetMarker = z.object({
  schema: z.literal("lifeboat/restore-target/1"),
  system: z.string(),
  recoveryId: z.string(),
  startedAt: z.iso.datetime(),
});
export type TargetMarker = z.infer<typeof TargetMarker>;

/** A failover to the newest state takes the replica as it is; a drill, and a recovery to a time, have a bucket of their own. */
export const restoresOwnDocuments = ({ mode, requestedTime }: Pick<RecoveryPlan, "mode" | "requestedTime">): boolean =>
  mode === "drill" || requestedTime !== undefined;

/** Only a bucket whose name says that it is a recovery's own may be written to, and only by a recovery that has one. */
export const requireOwnBucket = (plan: RecoveryPlan, targetBucket: string, recoveredBucketPrefix: string): void => {
  if (!restoresOwnDocuments(plan))
    throw refused(
      `a plan in mode ${plan.mode}, strategy ${plan.strategy} without a time`,
      "mode drill, or a time: in any other failover the replica becomes the live bucket",
    );
  if (!targetBucket.startsWith(recoveredBucketPrefix)) throw refused(targetBucket, `a bucket named ${recoveredBucketPrefix}…`);
};

/** Takes an empty bucket for this recovery, or finds that it was taken by it. Anything else is somebody's data. */
export const claimTarget = async (target: ObjectStore, plan: RecoveryPlan, now: Date): Promise<TargetMarker> => {
  const standing = await standingMarker(target, plan);
  if (standing !== undefined) return standing;
  for await (const page of target.list("")) {
    const [first] = page;
    if (first !== undefined) throw refused(`${target.bucket} holds ${first.key}`, "an empty bucket, or one that this recovery filled");
  }
  const { system, recoveryId } = plan;
  const marker: TargetMarker = { schema: "lifeboat/restore-target/1", system, recoveryId, startedAt: now.toISOString() };
  const put = await target.put(TARGET_MARKER_KEY, JSON.stringify(marker), { contentType: "application/json", ifAbsent: true });
  if (put.written) return marker;
  const winner = await standingMarker(target, plan);
  if (winner === undefined) throw refused(`${target.bucket} changed while it was looked at`, "a bucket that nobody else writes to");
  return winner;
};

const standingMarker = async (target: ObjectStore, plan: RecoveryPlan): Promise<TargetMarker | undefined> => {
  const text = await getText(target, TARGET_MARKER_KEY);
  if (text === undefined) return undefined;
  const marker = readJson(TargetMarker, text);
  if (marker.value?.system === plan.system && marker.value.recoveryId === plan.recoveryId) return marker.value;
  const whose = marker.value === undefined ? marker.problem : `${marker.value.system}/${marker.value.recoveryId}`;
  throw refused(`${target.bucket} belongs to another recovery: ${whose}`, `an empty bucket, or one of ${plan.system}/${plan.recoveryId}`);
};

export const refuseForeign = (target: ObjectStore, key: string): LifeboatError =>
  refused(`${target.bucket} holds ${key}, which is no document of this recovery`, "only what this recovery put there");

const refused = (received: string, allowed: string): LifeboatError =>
  new LifeboatError({
    code: "target-refused",
    what: "The documents were not restored: the target is not proven to be this recovery's",
    received,
    allowed,
    hint: "Let `dr` make the bucket; it is empty and bears the recovery's name",
  });
