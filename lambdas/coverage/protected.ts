import * as z from "zod";
import { AgeLimit } from "../../recovery/coverage/age";
import { Exclusion } from "../../recovery/coverage/exclusion";
import { RestoreSettings } from "../../recovery/estimates/chroma";

/** How old the newest of what stands for each may be until it protects nothing any more. */
export const AgeLimits = z.object({
  /** The time that the database's backups can be restored to. */
  database: AgeLimit,
  /** The canary in the documents' replica. */
  documents: AgeLimit,
  chroma: AgeLimit,
  configuration: z.object({
    /** When a subject was last compared with its export, which is made only when it changed. */
    current: AgeLimit,
    /** The export itself: what does not change is exported once more after a while. */
    export: AgeLimit,
  }),
});
export type AgeLimits = z.infer<typeof AgeLimits>;

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
  /** What the time of Chroma's restore is estimated by; absent: it is not looked at. */
  chromaRestore: RestoreSettings.optional(),
  chromaTenants: z.array(z.string()),
  repositories: z.array(z.string()),
  oldest: AgeLimits,
  exclusions: z.array(Exclusion),
});
export type CoverageSettings = z.infer<typeof CoverageSettings>;
