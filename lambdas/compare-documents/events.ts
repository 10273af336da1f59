import * as z from "zod";
import { FINDING_KINDS } from "../../recovery/objects/comparison";

/** A schedule calls it; nothing of the event is read. */
export const CompareDocumentsEvent = z.unknown();

export const CompareDocumentsResponse = z.object({
  /**
   * `finished`: all was compared and the report stands; `continues`: the time did not suffice, the next call goes on; `primary-unreachable`: the
   * primary region does not answer, and nothing was compared.
   */
  outcome: z.enum(["finished", "continues", "primary-unreachable"]),
  reportKey: z.string().optional(),
  /** Findings of each kind so far, of both copies. */
  found: z.partialRecord(z.enum(FINDING_KINDS), z.int().nonnegative()),
  reason: z.string().optional(),
  /** The report of the inventories that was written besides, where they are configured and newer than the last one. */
  inventoryReportKey: z.string().optional(),
});
export type CompareDocumentsResponse = z.infer<typeof CompareDocumentsResponse>;
