import * as z from "zod";
import { Rotation } from "./rotation";

const Count = z.int().nonnegative();

/** What a run of renewals has done so far. */
export const RenewalTally = z.object({
  /** Documents that are current in the replica and have a locked copy. */
  documents: Count,
  /** Those whose turn it was, whose lock was read. */
  examined: Count,
  lengthened: Count,
  /** Current documents without a locked copy: the comparison tells of them. */
  withoutCopy: Count,
  /** Copies that were gone when they were looked at, or under a lock that could not be lengthened; with the first of their keys. */
  failed: Count,
  failures: z.array(z.object({ key: z.string(), reason: z.string() })),
});
export type RenewalTally = z.infer<typeof RenewalTally>;

export const NAMED_FAILURES = 100;

export const emptyRenewal = (): RenewalTally => ({
  ...{ documents: 0, examined: 0, lengthened: 0, withoutCopy: 0, failed: 0 },
  failures: [],
});

/** A run that a function's time did not suffice for. */
export const RenewalProgress = z.object({
  schema: z.literal("lifeboat/renewal-progress/1"),
  system: z.string(),
  startedAt: z.iso.datetime(),
  rotation: Rotation,
  after: z.string().nullable(),
  calls: Count,
  tally: RenewalTally,
});
export type RenewalProgress = z.infer<typeof RenewalProgress>;

/** A series' points, and why they are held beyond their first lock. */
export const RenewedSeries = z.object({
  series: z.string(),
  held: z.enum(["for ever", "as the policy keeps them"]),
  points: Count,
  /** Those whose first lock ends soon or has ended, and that the policy keeps; and those of them whose lock was lengthened now. */
  due: Count,
  lengthened: Count,
});
export type RenewedSeries = z.infer<typeof RenewedSeries>;

export const Renewal = z.object({
  schema: z.literal("lifeboat/renewal/1"),
  system: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  rotation: Rotation,
  calls: Count,
  tally: RenewalTally,
  series: z.array(RenewedSeries),
});
export type Renewal = z.infer<typeof Renewal>;
