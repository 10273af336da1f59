import { z } from "zod";
import { type LockMode, type SystemPolicy, systemPolicy } from "../../recovery/retention/system";
import type { DocumentsValues } from "./documents";
import type { LockedSnapshotsValues } from "./lockedSnapshots";
import { Schedule } from "./values";

const Periods = (period: string) =>
  z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe(`How many of the newest ${period} that have a good export keep their newest one beyond the lock's days`);

/** `lifeboat:retention`: what is kept longer than `vault.backupRetentionDays`. Its locks are renewed; lifecycle rules take the rest. */
export const RetentionValues = z
  .strictObject({
    hourly: Periods("hours"),
    daily: Periods("days"),
    weekly: Periods("weeks"),
    monthly: Periods("months"),
  })
  .prefault({});

/** `lifeboat:sets`. */
export const SetValues = z
  .strictObject({
    schedule: Schedule.prefault("rate(1 hour)").describe("How often what stands of every store is written down as one set"),
  })
  .prefault({});

/** The values that say how long something is kept. */
export interface RetainedValues {
  readonly vault: {
    readonly lockMode: LockMode;
    readonly backupRetentionDays: number;
    readonly documentsRetentionDays: number;
    readonly lockedSnapshots: "off" | LockedSnapshotsValues;
  };
  readonly retention: z.infer<typeof RetentionValues>;
  readonly staging: { readonly retentionDays: number };
  readonly documents: Pick<DocumentsValues, "noncurrentDays" | "recoveryNoncurrentDays">;
  readonly postgres: { readonly recoveryRetentionDays: number };
}

/** The one policy of a `prod` configuration: every lock, lifecycle rule and renewal comes from it. */
export const policyOf = ({ vault, retention, staging, documents, postgres }: RetainedValues): SystemPolicy =>
  systemPolicy({
    lockMode: vault.lockMode,
    backupRetentionDays: vault.backupRetentionDays,
    documentsRetentionDays: vault.documentsRetentionDays,
    longTerm: retention,
    stagingDays: staging.retentionDays,
    sourceVersionDays: documents.noncurrentDays,
    replicaVersionDays: documents.recoveryNoncurrentDays,
    databaseDays: postgres.recoveryRetentionDays,
    ...(vault.lockedSnapshots === "off" ? {} : { snapshots: vault.lockedSnapshots }),
  });
