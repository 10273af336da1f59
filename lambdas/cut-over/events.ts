import * as z from "zod";
import { RecoveryId } from "../../recovery/catalogue/plan";
import { LiveEndpoints } from "../../recovery/catalogue/standing";

/** `dr` calls it in mode failover, after the validation passed. */
export const CutOverEvent = z.object({ recoveryId: RecoveryId, endpoints: LiveEndpoints });
export type CutOverEvent = z.infer<typeof CutOverEvent>;

/** The same event always brings the same answer. */
export const CutOverResponse = z.object({
  recoveryId: z.string(),
  cutOverAt: z.iso.datetime(),
  endpoints: LiveEndpoints,
  /** The parameter's text before the cut-over; null when there was none. */
  previous: z.string().nullable(),
});
export type CutOverResponse = z.infer<typeof CutOverResponse>;
