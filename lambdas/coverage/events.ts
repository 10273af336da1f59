import * as z from "zod";
import { Exclusion } from "../../recovery/coverage/exclusion";
import { RESOURCE_KINDS } from "../../recovery/coverage/resource";

/**
 * A schedule calls it with an event of its own, of which nothing is read. A person who can reach the Chroma server adds its collections, and whether the
 * result is published: an alarm should not move because somebody looked.
 */
export const CoverageEvent = z.object({
  collections: z.union([z.object({ found: z.array(z.string()) }), z.object({ problem: z.string() })]).optional(),
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
});
export type CoverageResponse = z.infer<typeof CoverageResponse>;
