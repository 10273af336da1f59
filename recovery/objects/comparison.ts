import * as z from "zod";
import { COPIES, type Copy } from "./entries";
import { Rotation } from "./rotation";

/**
 * What is wrong with a copy. `missing`: it should be there, and replication does not say that it will be; `pending`: older than the objective and
 * still pending; `failed`: S3 gave its replication up; `differing`: size or checksum; `unlocked`: a locked copy without a lock, or with one shorter
 * than its period; `undeleted`: deleted at the source, and still in the replica.
 */
export const FINDING_KINDS = ["missing", "pending", "failed", "differing", "unlocked", "undeleted"] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export const Finding = z.object({ kind: z.enum(FINDING_KINDS), copy: z.enum(COPIES), key: z.string(), detail: z.string() });
export type Finding = z.infer<typeof Finding>;

/** How many findings of each kind are named; all are counted. */
export const NAMED_FINDINGS = 100;

const Count = z.int().nonnegative();
const OfCopies = z.object({ replica: Count, locked: Count });

/** What a comparison has counted so far. Its size does not grow with the buckets. */
export const Tally = z.object({
  /** Objects as listed. */
  objects: z.object({ source: Count, replica: Count, locked: Count }),
  /** Objects of the source that were old enough to be judged, and those that were not. */
  judged: Count,
  young: Count,
  /** Deleted between the listing and the closer look. */
  gone: Count,
  /** Looked at closely because the listings disagreed; and those left to the listings' word, because there were too many. */
  examined: Count,
  unexamined: Count,
  /** Looked at closely because it was their turn, and how many of their copies had a checksum to compare. */
  sampled: Count,
  checksums: Count,
  found: z.object({
    missing: OfCopies,
    pending: OfCopies,
    failed: OfCopies,
    differing: OfCopies,
    unlocked: OfCopies,
    undeleted: OfCopies,
  }),
  findings: z.array(Finding),
  requests: z.object({ lists: Count, heads: Count }),
});
export type Tally = z.infer<typeof Tally>;

const none = () => ({ replica: 0, locked: 0 });

export const emptyTally = (): Tally => ({
  objects: { source: 0, replica: 0, locked: 0 },
  ...{ judged: 0, young: 0, gone: 0, examined: 0, unexamined: 0, sampled: 0, checksums: 0 },
  found: { missing: none(), pending: none(), failed: none(), differing: none(), unlocked: none(), undeleted: none() },
  findings: [],
  requests: { lists: 0, heads: 0 },
});

export const addFinding = (tally: Tally, finding: Finding): void => {
  const counts = tally.found[finding.kind];
  counts[finding.copy] += 1;
  if (counts.replica + counts.locked <= NAMED_FINDINGS) tally.findings.push(finding);
};

export const countOf = (tally: Tally, ...kinds: readonly FindingKind[]): number =>
  kinds.reduce((sum, kind) => sum + COPIES.reduce((ofKind, copy: Copy) => ofKind + tally.found[kind][copy], 0), 0);

export const COMPARISON_SOURCES = ["listing", "inventory"] as const;
export type ComparisonSource = (typeof COMPARISON_SOURCES)[number];

/** A comparison that a function's time did not suffice for: where the next call goes on. */
export const ComparisonProgress = z.object({
  schema: z.literal("lifeboat/comparison-progress/1"),
  system: z.string(),
  startedAt: z.iso.datetime(),
  judgedBefore: z.iso.datetime(),
  rotation: Rotation,
  /** The last key that was compared; null at the beginning. */
  after: z.string().nullable(),
  calls: Count,
  tally: Tally,
});
export type ComparisonProgress = z.infer<typeof ComparisonProgress>;

/** What S3 itself says of a replication rule; values are absent where nothing was published. */
export const RuleStatus = z.object({
  rule: z.string(),
  destination: z.string(),
  pendingBytes: z.number().optional(),
  pendingOperations: z.number().optional(),
  latencySeconds: z.number().optional(),
  measuredAt: z.iso.datetime().optional(),
});
export type RuleStatus = z.infer<typeof RuleStatus>;

export const Comparison = z.object({
  schema: z.literal("lifeboat/comparison/1"),
  system: z.string(),
  source: z.enum(COMPARISON_SOURCES),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  judgedBefore: z.iso.datetime(),
  buckets: z.object({ source: z.string(), replica: z.string(), locked: z.string() }),
  rotation: Rotation,
  calls: Count,
  rules: z.array(RuleStatus),
  tally: Tally,
  /** No finding of any kind. */
  same: z.boolean(),
  /** What to do about the findings, a sentence each. */
  nextSteps: z.array(z.string()),
});
export type Comparison = z.infer<typeof Comparison>;
