import { z } from "zod";
import { type RetentionPolicy, retentionPolicy } from "../../recovery/retention/policy";
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

/** The policy of a `prod` configuration: locks, lifecycle rules and renewals come from it alone. */
export const policyOf = (values: {
  readonly vault: { readonly backupRetentionDays: number; readonly documentsRetentionDays: number };
  readonly retention: z.infer<typeof RetentionValues>;
}): RetentionPolicy => retentionPolicy({ ...values.vault, longTerm: values.retention });
