import * as z from "zod";
import { Exclusion } from "../../recovery/coverage/exclusion";
import { RESOURCE_KINDS } from "../../recovery/coverage/resource";

const Names = z.union([z.object({ found: z.array(z.string()) }), z.object({ problem: z.string() })]);

/**
 * A schedule calls it with an event of its own, of which nothing is read. A person who can reach the Chroma server adds its collections, one with a
 * forge's token its repositories, and whether the result is published: an alarm should not move because somebody looked.
 */
export const CoverageEvent = z.object({
  collections: Names.optional(),
  /** Those of the forges that are not configured, by their names there. */
  repositories: Names.optional(),
  publish: z.boolean().default(true),
});
export type CoverageEvent = z.infer<typeof CoverageEvent>;

export const CoverageResponse = z.object({
  lines: z.array(
    z.object({
      kind: z.enum(RESOURCE_KINDS),
      name: z.string(),
      region: z.string().optional(),
      verdict: z.enum(["protected", "own", "excluded", "unprotected", "unknown"]),
      reason: z.string(),
    }),
  ),
  uncovered: z.int().nonnegative(),
  unusedExclusions: z.array(Exclusion),
  /** What the run could not see, in words. */
  notLookedAt: z.array(z.string()).default([]),
});
export type CoverageResponse = z.infer<typeof CoverageResponse>;
