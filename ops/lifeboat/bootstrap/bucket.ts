import type { LifecycleRule } from "@aws-sdk/client-s3";
import type { StackName } from "../../../recovery/backend";
import { LifeboatError } from "../../../recovery/errors";
import { addedStatements, documentOf, missingStatements, type Statement, statementsOf } from "./documents";
import { different, type Finding, findingsOf, found, type Look, loose } from "./finding";
import { namesOf, type PolicyScope, stateBucketStatements } from "./policies";
import type { BucketFacts, StateBuckets } from "./ports";

/** A state that was overwritten is kept for a year. */
export const NONCURRENT_DAYS = 365;

export interface BucketArgs {
  readonly buckets: StateBuckets;
  readonly scope: PolicyScope;
  readonly stack: StackName;
  readonly region: string;
  /** The stack's own key; undefined while it does not stand. */
  readonly keyArn: () => string | undefined;
}

/** Looks at the bucket and says what is to do. Changes nothing. @throws LifeboatError, code target-refused, for a bucket that cannot be used. */
export const lookAtBucket = async (args: BucketArgs): Promise<readonly Finding[]> => {
  const { buckets, scope, stack, region } = args;
  const { bucket } = namesOf(scope, stack);
  const thing = { stack, part: "bucket", name: bucket, region } as const;
  const answer = await buckets.find(bucket, scope.accountId);
  if (answer.kind === "foreign")
    throw refused(
      bucket,
      "another account owns it, or this principal may not look at it",
      "Run the command with an administrator of the account; where another account owns the name, choose another lifeboat:system",
    );
  if (answer.kind === "elsewhere")
    throw refused(
      bucket,
      `it is in ${answer.region}`,
      `A bucket cannot move: empty and delete it, or choose another lifeboat:system; the state of ${stack} belongs in ${region}`,
    );
  const statements = stateBucketStatements(scope, stack);
  if (answer.kind === "absent")
    return [{ ...thing, state: "missing", detail: "there was none", change: () => create(args, bucket, statements) }];
  const { facts } = answer;
  return findingsOf(thing, [
    facts.versioned ? found("versioned") : loose("is not versioned", () => buckets.version(bucket)),
    encryption(args, bucket, facts),
    facts.publicAccessBlocked ? found("private") : loose("public access is not blocked", () => buckets.blockPublicAccess(bucket)),
    policy(buckets, bucket, facts, statements),
    lifecycle(buckets, bucket, facts),
  ]);
};

const refused = (bucket: string, received: string, hint: string): LifeboatError =>
  new LifeboatError({ code: "target-refused", what: `The bucket ${bucket} cannot hold the state`, received, hint });

/** Versions are kept before anything can be written, and their lifecycle last: what is missing after a crash is found by the next run. */
const create = async ({ buckets, region, keyArn }: BucketArgs, bucket: string, statements: readonly Statement[]): Promise<void> => {
  await buckets.create(bucket);
  await buckets.version(bucket);
  await buckets.blockPublicAccess(bucket);
  await buckets.putPolicy(bucket, JSON.stringify(documentOf(statements)));
  await buckets.encrypt(bucket, standing(keyArn(), region));
  await buckets.putLifecycle(bucket, [
    {
      ID: "versions",
      Status: "Enabled",
      Filter: { Prefix: "" },
      NoncurrentVersionExpiration: { NoncurrentDays: NONCURRENT_DAYS },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
  ]);
};

const standing = (keyArn: string | undefined, region: string): string => {
  if (keyArn !== undefined) return keyArn;
  throw new LifeboatError({ code: "internal", what: `The key in ${region} was not made before its bucket`, hint: "Run the command again" });
};

/** S3 encrypts with its own key when nobody says otherwise; another key of somebody's is his choice, and objects are under it. */
const encryption = ({ buckets, region, keyArn }: BucketArgs, bucket: string, { encryption: set }: BucketFacts): Look => {
  const ours = keyArn();
  if (set === undefined || set.algorithm === "AES256")
    return loose("is not encrypted with the stack's key", () => buckets.encrypt(bucket, standing(keyArn(), region)));
  if (ours !== undefined && set.keyId !== undefined && (set.keyId === ours || ours.endsWith(`/${set.keyId}`)))
    return found("encrypted with its key");
  return different(`is encrypted with another key: ${set.keyId ?? "S3's own of KMS"}`);
};

const policy = (buckets: StateBuckets, bucket: string, facts: BucketFacts, wanted: readonly Statement[]): Look => {
  const said = facts.policy === undefined ? [] : statementsOf(facts.policy);
  const absent = missingStatements(said, wanted);
  if (absent.length === 0) {
    const others = said.length - wanted.length;
    return found(others > 0 ? `its policy has ${others} statements more than ours` : "TLS only");
  }
  const names = absent.map(({ Sid }) => Sid).join(", ");
  return loose(`its policy lacks ${names}`, () => buckets.putPolicy(bucket, JSON.stringify(addedStatements(said, absent))));
};

/** Without a rule versions are kept for ever, which is more than asked for; a rule that lets current states expire is somebody's, and deadly. */
const lifecycle = (buckets: StateBuckets, bucket: string, { lifecycle: rules }: BucketFacts): Look => {
  const active = rules.filter(({ Status }) => Status === "Enabled");
  const expires = active.find(({ Expiration }) => Expiration?.Days !== undefined || Expiration?.Date !== undefined);
  if (expires !== undefined) return different(`its lifecycle rule ${expires.ID ?? "without a name"} deletes current states`);
  const short = active.filter(keepsTooShort);
  if (short.length === 0)
    return found(
      active.some(({ NoncurrentVersionExpiration }) => NoncurrentVersionExpiration)
        ? `old versions for ${keptDays(active)} days`
        : "old versions for ever",
    );
  const mended = rules.map((rule) =>
    short.includes(rule)
      ? { ...rule, NoncurrentVersionExpiration: { ...rule.NoncurrentVersionExpiration, NoncurrentDays: NONCURRENT_DAYS } }
      : rule,
  );
  return loose(`keeps old versions for ${keptDays(short)} days only`, () => buckets.putLifecycle(bucket, mended));
};

const noncurrentDays = ({ NoncurrentVersionExpiration: expiry }: LifecycleRule): number | undefined => expiry?.NoncurrentDays;
const keepsTooShort = (rule: LifecycleRule): boolean => (noncurrentDays(rule) ?? NONCURRENT_DAYS) < NONCURRENT_DAYS;
const keptDays = (rules: readonly LifecycleRule[]): number => Math.min(...rules.flatMap((rule) => noncurrentDays(rule) ?? []));
