import * as z from "zod";
import { RecoveryId } from "../../recovery/catalogue/plan";
import { DatabaseEndpoint } from "../../recovery/catalogue/standing";
import { Promotion } from "../../recovery/postgres/promotion";

/** `dr` calls it with the replica's endpoint, its secret being the recovery's own, and with what the database is from now on. */
export const PromoteEvent = z.object({
  recoveryId: RecoveryId,
  endpoint: DatabaseEndpoint,
  backupRetentionDays: z.int().min(1).max(35),
  backupWindow: z.string(),
  multiAz: z.boolean(),
});
export type PromoteEvent = z.infer<typeof PromoteEvent>;

/** Also what is kept in the catalogue. */
export const PromoteResponse = Promotion;
export type PromoteResponse = Promotion;
