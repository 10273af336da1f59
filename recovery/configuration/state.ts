import * as z from "zod";
import type { Subject } from "./subjects";

/**
 * What is known of a subject's last export, beside the exports in the staging bucket: by it an exporter tells whether anything changed. It is no part
 * of a recovery: without it everything is exported once more. The jobs' scripts read and write it too, so its fields are texts.
 */
export const SubjectState = z.object({
  schema: z.literal("lifeboat/configuration-state/1"),
  subject: z.string(),
  /** SHA-256 of what says that something changed: refs, ids and labels of versions, never values. */
  digest: z.string(),
  pointId: z.string(),
  exportedAt: z.iso.datetime(),
  /**
   * The last time at which the source is known to have been what is proven in the vault: the age of this is the subject's lag. Of a subject that was never
   * proven, when its first export began.
   */
  inSyncAt: z.iso.datetime(),
});
export type SubjectState = z.infer<typeof SubjectState>;

/** Outside of the exports' prefix: it is overwritten, and neither replicated nor locked. */
export const STATE_PREFIX = "configuration-state/";
export const stateKey = (subject: Subject): string => `${STATE_PREFIX}${subject}.json`;
