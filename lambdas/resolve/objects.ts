import { newestCanary } from "../shared/canary";
import { type BackfillSource, incompleteBackfill } from "./backfill";
import { type Choice, refuse } from "./choice";

/** The replica as of its canary: the newest one, or the newest that had arrived at the time asked for. */
export const chooseObjects = async (source: BackfillSource, notAfter?: Date): Promise<Choice<"objects">> => {
  const { documentsReplica: replica, system } = source;
  const canary = await newestCanary(replica, system, notAfter);
  if (canary.value === undefined) return refuse("objects", canary.problem);
  const { writtenAt, arrivedAt } = canary.value;
  const incomplete = await incompleteBackfill(source);
  return {
    chosen: {
      ...{ bucket: replica.bucket, asOf: writtenAt, arrivedAt: arrivedAt.toISOString() },
      ...(incomplete === undefined ? {} : { incompleteBackfill: incomplete }),
    },
  };
};
