import { bucketOfArn, type ReplicationConfiguration, type ReplicationRule } from "./configuration";

/** A destination and the rules that may send a key there, the one that wins first. */
export interface Target {
  readonly bucket: string;
  readonly rules: readonly ReplicationRule[];
}

export type ReplicatedChange = "object" | "delete-marker" | "tags";

const prefixOf = (rule: ReplicationRule): string => rule.Filter?.And?.Prefix ?? rule.Filter?.Prefix ?? rule.Prefix ?? "";

const tagsOf = (rule: ReplicationRule): readonly { Key: string; Value: string }[] =>
  rule.Filter?.And?.Tag ?? (rule.Filter?.Tag === undefined ? [] : [rule.Filter.Tag]);

/** A rule without `Filter` is of the first version, which always replicates delete markers; one that filters by tags never does. */
const replicatesMarkers = (rule: ReplicationRule): boolean => {
  if (rule.Filter === undefined) return true;
  return tagsOf(rule).length === 0 && rule.DeleteMarkerReplication?.Status === "Enabled";
};

/**
 * Where a change to a key goes: every destination of an enabled rule, and among the rules to one destination the highest priority first
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html). What a rule asks of tags and encryption is
 * decided when the object is read: `chooseRule`.
 */
export const targetsOf = (configuration: ReplicationConfiguration, key: string, change: ReplicatedChange): readonly Target[] => {
  const byBucket = new Map<string, ReplicationRule[]>();
  const byPriority = [...configuration.Rule].sort((a, b) => (b.Priority ?? 0) - (a.Priority ?? 0));
  for (const rule of byPriority) {
    if (rule.Status !== "Enabled" || !key.startsWith(prefixOf(rule))) continue;
    if (change === "delete-marker" && !replicatesMarkers(rule)) continue;
    const bucket = bucketOfArn(rule.Destination.Bucket);
    byBucket.set(bucket, [...(byBucket.get(bucket) ?? []), rule]);
  }
  return [...byBucket].map(([bucket, rules]) => ({ bucket, rules }));
};

export interface ObjectFacts {
  readonly tags: Readonly<Record<string, string>>;
  readonly encryptedWithKms: boolean;
}

/** The rule under which an object goes to a target: all of its tags match, and objects under KMS keys only where it opts in. */
export const chooseRule = (target: Target, object: ObjectFacts): ReplicationRule | undefined =>
  target.rules.find(
    (rule) =>
      tagsOf(rule).every(({ Key, Value }) => object.tags[Key] === Value) &&
      (!object.encryptedWithKms || rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status === "Enabled"),
  );
