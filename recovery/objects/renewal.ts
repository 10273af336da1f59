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
  /** Those whose turn it was, whose lock was read. */
  examined: Count,
  /** Those of them whose lock ends soon or has ended, and that the policy keeps; and those whose lock was lengthened. */
  due: Count,
  lengthened: Count,
});
export type RenewedSeries = z.infer<typeof RenewedSeries>;

/** Where a run over the recovery points goes on: behind an entry's key, or at the beginning of a series when that is null. */
export const PointsPosition = z.object({ series: z.string(), after: z.string().nullable() });
export type PointsPosition = z.infer<typeof PointsPosition>;

/** What a run over the recovery points has done so far. It has a rotation of its own, so that it keeps no document from its turn, and none keeps it. */
export const PointsRenewal = z.object({
  schema: z.literal("lifeboat/points-renewal/1"),
  system: z.string(),
  startedAt: z.iso.datetime(),
  writtenAt: z.iso.datetime(),
  rotation: Rotation,
  /** Null when all were looked at whose turn it was. */
  position: PointsPosition.nullable(),
  calls: Count,
  series: z.array(RenewedSeries),
  /** Points that could not be held, with the first of their entries' keys: the next run begins with these. */
  failed: Count,
  failures: z.array(z.object({ key: z.string(), reason: z.string() })),
});
export type PointsRenewal = z.infer<typeof PointsRenewal>;

/** What a run over the documents did. */
export const Renewal = z.object({
  schema: z.literal("lifeboat/renewal/1"),
  system: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  rotation: Rotation,
  calls: Count,
  tally: RenewalTally,
});
export type Renewal = z.infer<typeof Renewal>;
