import { z } from "zod";
import { offOr } from "./offOr";

const Days = z.int().min(1).max(36_500);

/** AWS Backup's own grace time before a compliance lock is for ever. https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html */
const GraceDays = z.int().min(3).max(36_500);

const LockedSnapshotsValues = z.strictObject({
  hourlyDays: Days.default(7).describe("Days for which the hourly snapshots' copies are locked in the recovery region"),
  dailyDays: Days.default(90).describe("Days for which the daily ones' copies are locked there"),
  primaryDays: Days.default(7).describe("Days for which a daily snapshot stays in the primary region; an hourly one goes after a day"),
  graceDays: GraceDays.default(3).describe(
    "With lock mode `COMPLIANCE`: days in which the lock can still be taken off; afterwards nobody can",
  ),
});
export type LockedSnapshotsValues = z.infer<typeof LockedSnapshotsValues>;

/** Snapshots by AWS Backup, copied into a locked vault, or none. */
export const LockedSnapshots = offOr(LockedSnapshotsValues)
  .prefault("off")
  .describe(
    "`off`, or snapshots of the database every hour by AWS Backup, copied into a locked vault of the recovery region: an attacker who deletes every other backup leaves these",
  );
