import * as z from "zod";
import { RenewedSeries } from "../../recovery/objects/renewal";

/** A schedule calls it; nothing of the event is read. */
export const RenewLocksEvent = z.unknown();

export const RenewLocksResponse = z.object({
  /** `continues`: the time did not suffice for all points or documents, and the next call goes on. */
  outcome: z.enum(["finished", "continues"]),
  /** Of the documents, when all were looked at whose turn it was. */
  reportKey: z.string().optional(),
  /** Locks of documents that were lengthened so far. */
  documentsLengthened: z.int().nonnegative(),
  series: z.array(RenewedSeries),
});
export type RenewLocksResponse = z.infer<typeof RenewLocksResponse>;
