import { EXPORT_KINDS } from "../catalogue/kinds";
import { lockDaysOf, noncurrentDays, vaultExpiries } from "./policy";
import type { LockMode, SystemPolicy } from "./system";

/** What a lifecycle rule does to the objects under a prefix; the empty prefix is the whole bucket. Days. */
export interface LifecycleRule {
  readonly prefix: string;
  /** From its writing on, until an object stops being current. */
  readonly expiryDays?: number;
  /** From then on, or from being overwritten or deleted, until the version itself goes. S3 takes none that is locked. */
  readonly noncurrentDays?: number;
}

/** What becomes of a bucket's objects. */
export interface BucketRetention {
  /** Of everything that arrives. Days. */
  readonly lock?: { readonly mode: LockMode; readonly days: number };
  readonly rules: readonly LifecycleRule[];
}

export type RetainedBucket = "documents" | "documentsReplica" | "documentsVault" | "staging" | "vault" | "reports";

/** Of what is written once, or again at the next run, an old version is nobody's. The shortest that S3 knows. */
const A_DAY = 1;

/**
 * Every bucket's locks and lifecycle rules. @param passing prefixes of staging that are no exports: what their writers remember, and can do without
 */
export const bucketRetention = (policy: SystemPolicy, passing: readonly string[]): Readonly<Record<RetainedBucket, BucketRetention>> => {
  const versions = (days: number): BucketRetention => ({ rules: [{ prefix: "", noncurrentDays: days }] });
  const locked = (days: number) => ({ mode: policy.lockMode, days });
  const { vault, documentsVault } = noncurrentDays(policy);
  return {
    documents: versions(policy.documentVersions.sourceDays),
    documentsReplica: versions(policy.documentVersions.replicaDays),
    documentsVault: { lock: locked(lockDaysOf(policy, "objects")), ...versions(documentsVault) },
    staging: { rules: stagingRules(policy, passing) },
    vault: {
      lock: locked(policy.renewedLockDays),
      // What the policy keeps is under a lock that is renewed: expiry hides it, and takes what is dropped.
      rules: [...versions(vault).rules, ...vaultExpiries(policy).map(({ prefix, days }) => ({ prefix, expiryDays: days }))],
    },
    reports: { rules: [{ prefix: "", expiryDays: policy.reportDays, noncurrentDays: A_DAY }] },
  };
};

/**
 * By prefix, because S3 knows no rule for all but one: what is held for ever stays in the primary region too. It is written once, so a version of it that is
 * not current was deleted or overwritten by somebody, and stays for as long as other exports do.
 */
const stagingRules = ({ stagingDays, holds }: SystemPolicy, passing: readonly string[]): readonly LifecycleRule[] => [
  ...EXPORT_KINDS.map(({ store, prefix }) =>
    holds[store].kind === "forever" ? { prefix, noncurrentDays: stagingDays } : { prefix, expiryDays: stagingDays, noncurrentDays: A_DAY },
  ),
  ...passing.map((prefix) => ({ prefix, expiryDays: stagingDays, noncurrentDays: A_DAY })),
];
