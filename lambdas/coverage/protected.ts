import * as z from "zod";
import { Exclusion } from "../../recovery/coverage/exclusion";

/** What this system protects and what it leaves out, by its configuration. */
export const CoverageSettings = z.object({
  /** Regions whose databases, volumes and secrets are listed. Buckets are listed whole. */
  regions: z.array(z.string()).min(1),
  primaryRegion: z.string(),
  recoveryRegion: z.string(),
  databaseInstance: z.string(),
  documentsBucket: z.string(),
  /** Buckets that Lifeboat made to protect others. */
  ownBuckets: z.array(z.string()),
  stateBuckets: z.array(z.object({ stack: z.string(), bucket: z.string() })),
  /** Of the Chroma server that Lifeboat runs; absent where it is somebody else's. */
  chromaNamespace: z.string().optional(),
  repositories: z.array(z.string()),
  exclusions: z.array(Exclusion),
});
export type CoverageSettings = z.infer<typeof CoverageSettings>;
