import type { RecoveryPlan } from "../../recovery/catalogue/plan";
import { BACKFILL_KEY, type Backfill } from "../../recovery/existing/backfill";
import { readBackfill } from "../shared/backfill";
import { reasonOf } from "../shared/log";
import type { ObjectStore } from "../shared/objects";

export interface BackfillSource {
  readonly system: string;
  readonly documentsReplica: ObjectStore;
  /** Whether the documents' bucket was there before its protection. */
  readonly hasBackfill: boolean;
}

type Incomplete = NonNullable<NonNullable<RecoveryPlan["stores"]["objects"]>["incompleteBackfill"]>;

const NOBODY_KNOWS = "nobody knows which documents of before the protection are in it";

/**
 * Why the replica may lack documents that were there before their bucket was protected; undefined when it has them all. It never stops a recovery,
 * whatever it finds: with the primary region lost, waiting brings nothing more.
 */
export const incompleteBackfill = async ({ system, documentsReplica, hasBackfill }: BackfillSource): Promise<Incomplete | undefined> => {
  if (!hasBackfill) return undefined;
  const { bucket } = documentsReplica;
  const read = await readBackfill(documentsReplica).then(
    (backfill) => ({ backfill, problem: `${BACKFILL_KEY} is not in ${bucket}` }),
    (error: unknown) => ({ backfill: undefined, problem: reasonOf(error) }),
  );
  if (read.backfill === undefined) return { reason: `${read.problem}: ${NOBODY_KNOWS}` };
  if (read.backfill.system !== system)
    return { reason: `${BACKFILL_KEY} in ${bucket} is of system ${read.backfill.system}: ${NOBODY_KNOWS}` };
  return missingOf(read.backfill);
};

const missingOf = ({ bucket, requestedAt, status, objects: { total, succeeded, failed } }: Backfill): Incomplete | undefined =>
  status === "complete" && failed === 0
    ? undefined
    : {
        reason: `the backfill of ${bucket} is ${status}: ${succeeded} of ${total} object versions were replicated, ${failed} could not be`,
        before: requestedAt,
      };
