import { EXPORT_KINDS } from "../catalogue/kinds";
import { type Series, storeOf } from "../catalogue/series";
import type { Store } from "../store";

/** For how long something is kept. `forever`: its lock is renewed before it ends, again and again. */
export type Hold = { readonly kind: "days"; readonly days: number } | { readonly kind: "forever" };

/** How many of the newest hours, days, weeks and months that have a good point keep one beyond its hold. UTC; weeks begin on Monday. */
export interface LongTerm {
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

export const NO_LONG_TERM: LongTerm = { hourly: 0, daily: 0, weekly: 0, monthly: 0 };

/** What is kept, and for how long: the one source of locks, of lifecycle rules and of what is said of each recovery point. */
export interface RetentionPolicy {
  readonly holds: Readonly<Record<Store, Hold>>;
  /** Days of a lock that is renewed again and again. */
  readonly renewedLockDays: number;
  readonly longTerm: LongTerm;
}

/** The part of a configuration that the policy is made of; days. */
export interface RetentionValues {
  readonly backupRetentionDays: number;
  readonly documentsRetentionDays: number;
  readonly longTerm?: LongTerm;
}

export const retentionPolicy = ({
  backupRetentionDays,
  documentsRetentionDays,
  longTerm = NO_LONG_TERM,
}: RetentionValues): RetentionPolicy => ({
  holds: {
    postgres: { kind: "days", days: backupRetentionDays },
    chroma: { kind: "days", days: backupRetentionDays },
    objects: { kind: "days", days: documentsRetentionDays },
    configuration: { kind: "forever" },
  },
  renewedLockDays: backupRetentionDays,
  longTerm,
});

/** How long the points of a series are held; `objects` are the locked copies of the documents. */
export const holdOf = (policy: RetentionPolicy, series: Series | "objects"): Hold => policy.holds[storeOf(series)];

/** Days of the lock that is set when something arrives: its hold, or the period of a lock that is renewed. */
export const lockDaysOf = (policy: RetentionPolicy, series: Series | "objects"): number => {
  const hold = holdOf(policy, series);
  return hold.kind === "days" ? hold.days : policy.renewedLockDays;
};

/** Days for which what expired can still be had where no lock holds it. */
const GRACE_DAYS = 30;

/** A lifecycle rule over a prefix of the vault. */
export interface VaultExpiry {
  readonly prefix: string;
  /** Days after which an object stops being current. What is locked stays, and is read by its version. */
  readonly days: number;
}

/** What in the vault expires, and when: what is kept for days, with its entries and proofs. The configuration's prefixes are not among them. */
export const vaultExpiries = (policy: RetentionPolicy): readonly VaultExpiry[] => [
  ...EXPORT_KINDS.filter(({ store }) => policy.holds[store].kind === "days").flatMap(({ store, prefix }) => {
    const days = lockDaysOf(policy, store);
    return [
      ...["catalogue/points/", "catalogue/proofs/"].map((folder) => ({ prefix: `${folder}${store}/`, days })),
      // A day later, so that what an entry names outlives it.
      { prefix, days: days + 1 },
    ];
  }),
  ...["catalogue/sets/", "catalogue/readings/", "catalogue/progress/", "catalogue/comparisons/", "catalogue/renewals/"].map((prefix) => ({
    prefix,
    days: policy.renewedLockDays,
  })),
];

/**
 * Days after which a lifecycle rule takes a version that is no longer current, by bucket. S3 takes no locked version, whatever a rule says:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-lifecycle
 */
export const noncurrentDays = (policy: RetentionPolicy): { readonly vault: number; readonly documentsVault: number } => ({
  vault: Math.min(GRACE_DAYS, policy.renewedLockDays),
  documentsVault: lockDaysOf(policy, "objects"),
});
