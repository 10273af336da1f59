import { formatSeconds } from "../duration";
import { renewalMarginDays } from "../objects/locks";
import type { SystemPolicy } from "./system";

/** What the policy's days have to suffice for. Seconds. */
export interface RetentionNeeds {
  /** The longest export may take. */
  readonly exportSeconds: number;
  /** Until its objects are in the recovery region. */
  readonly replicationSeconds: number;
  /** Until they are sealed and read back. */
  readonly verificationSeconds: number;
  /** Between two runs that renew locks. */
  readonly renewalSeconds: number;
}

const DAY_SECONDS = 86_400;

/** Below it nothing is renewed in earnest: that is a drill's or a test's retention. */
const RENEWED_FROM_DAYS = 4;

/** Where two parts of a policy contradict each other, or the times that things take: one sentence for each, that names the configuration's values. */
export const contradictions = (policy: SystemPolicy, needs: RetentionNeeds): readonly string[] => [
  ...passedOnTooLate(policy, needs),
  ...renewedTooSeldom(policy, needs),
  ...forgottenBefore(policy),
  ...snapshotsOutOfOrder(policy),
];

const passedOnTooLate = ({ stagingDays, documentVersions }: SystemPolicy, needs: RetentionNeeds): readonly string[] => {
  const untilProven = needs.exportSeconds + needs.replicationSeconds + needs.verificationSeconds;
  return [
    ...(stagingDays * DAY_SECONDS > untilProven
      ? []
      : [
          `staging.retentionDays: ${stagingDays} d is not longer than the ${formatSeconds(untilProven)} that an export, its replication and its proof may take; its first parts would expire before it is whole`,
        ]),
    ...(documentVersions.sourceDays * DAY_SECONDS > needs.replicationSeconds
      ? []
      : [
          `documents.noncurrentDays: ${documentVersions.sourceDays} d is not longer than the ${formatSeconds(needs.replicationSeconds)} of lags.replication; an overwritten version could go before it is replicated`,
        ]),
  ];
};

/** What is held for ever is under a lock of this period, as the last good point of every series is. */
const renewedTooSeldom = ({ renewedLockDays }: SystemPolicy, { renewalSeconds }: RetentionNeeds): readonly string[] => {
  const marginSeconds = renewalMarginDays({ days: renewedLockDays }) * DAY_SECONDS;
  return renewedLockDays < RENEWED_FROM_DAYS || renewalSeconds <= marginSeconds
    ? []
    : [
        `vault.backupRetentionDays: of ${renewedLockDays} d a lock is renewed in its last ${formatSeconds(marginSeconds)}, and documents.renewals runs every ${formatSeconds(renewalSeconds)} only`,
      ];
};

/** A recovery to a time takes every store back to it, or it takes back none. */
const forgottenBefore = ({ documentVersions, databaseDays, renewedLockDays }: SystemPolicy): readonly string[] => [
  ...(documentVersions.replicaDays >= documentVersions.sourceDays
    ? []
    : [
        `documents.recoveryNoncurrentDays: ${documentVersions.replicaDays} d is shorter than documents.noncurrentDays, ${documentVersions.sourceDays} d; a region's loss would lose what the primary region still had`,
      ]),
  ...(documentVersions.replicaDays >= databaseDays
    ? []
    : [
        `documents.recoveryNoncurrentDays: ${documentVersions.replicaDays} d is shorter than postgres.recoveryRetentionDays, ${databaseDays} d; the documents could not be taken back to times that the database can`,
      ]),
  ...(renewedLockDays >= databaseDays
    ? []
    : [
        `vault.backupRetentionDays: ${renewedLockDays} d is shorter than postgres.recoveryRetentionDays, ${databaseDays} d; the vectors could not be taken back to times that the database can`,
      ]),
];

const snapshotsOutOfOrder = ({ snapshots }: SystemPolicy): readonly string[] => {
  if (snapshots === undefined) return [];
  const { hourly, daily } = snapshots;
  return [
    ...(hourly.lockedDays <= daily.lockedDays
      ? []
      : [
          `vault.lockedSnapshots.hourlyDays: ${hourly.lockedDays} d is longer than dailyDays, ${daily.lockedDays} d; each daily snapshot would go before the hourly ones of its day`,
        ]),
    ...(daily.primaryDays <= daily.lockedDays
      ? []
      : [
          `vault.lockedSnapshots.primaryDays: ${daily.primaryDays} d is longer than dailyDays, ${daily.lockedDays} d; the locked copy would go before its original, which anybody with the right may delete`,
        ]),
  ];
};
