import { type Comparison, countOf, type Tally } from "./comparison";

const named = (tally: Tally, kinds: readonly string[]): string => {
  const keys = [...new Set(tally.findings.filter(({ kind }) => kinds.includes(kind)).map(({ key }) => key))];
  return keys.length > 3 ? `${keys.slice(0, 3).join(", ")}, ...` : keys.join(", ");
};

/** What a person does about what was found. S3 repeats no replication by itself: what is missing or failed needs a batch job. */
export const nextStepsOf = (tally: Tally, buckets: Comparison["buckets"]): readonly string[] => {
  const steps: string[] = [];
  const lost = countOf(tally, "missing", "failed");
  if (lost > 0)
    steps.push(
      `${lost} copies will not come by themselves (${named(tally, ["missing", "failed"])}): start an S3 Batch Replication job on ${buckets.source} for objects with replication status NONE and FAILED, docs/objects.md says how`,
    );
  const pending = countOf(tally, "pending");
  if (pending > 0)
    steps.push(
      `${pending} copies are pending for longer than the objective (${named(tally, ["pending"])}): S3 goes on by itself once it can; look at the destination's key, bucket policy and region`,
    );
  const differing = countOf(tally, "differing");
  if (differing > 0)
    steps.push(
      `${differing} copies have another content than their source (${named(tally, ["differing"])}): find out who wrote them; the versions of both tell, aws s3api list-object-versions --prefix KEY`,
    );
  const unlocked = countOf(tally, "unlocked");
  if (unlocked > 0)
    steps.push(
      `${unlocked} copies in ${buckets.locked} are not locked for their period (${named(tally, ["unlocked"])}): run the function renew-locks, and look at the bucket's default retention`,
    );
  const undeleted = countOf(tally, "undeleted");
  if (undeleted > 0)
    steps.push(
      `${undeleted} documents were deleted and are still in ${buckets.replica} (${named(tally, ["undeleted"])}): a failover would bring them back; delete them there if that was meant`,
    );
  return steps;
};
