import * as z from "zod";
import { DatabaseEndpoint } from "../catalogue/standing";

/** The promotion of the standing replica, kept in the catalogue beside its plan: a second call finds it and promotes nothing. */
export const Promotion = z.object({
  schema: z.literal("lifeboat/promotion/1"),
  system: z.string(),
  recoveryId: z.string(),
  instance: z.string(),
  /** RDS's `DbiResourceId`. */
  resourceId: z.string(),
  endpoint: DatabaseEndpoint,
  /** The function that promoted was called. */
  startedAt: z.iso.datetime(),
  /** RDS said that the instance is available and follows nobody. */
  promotedAt: z.iso.datetime(),
  /** Its backups, protection and password were set. */
  settledAt: z.iso.datetime(),
});
export type Promotion = z.infer<typeof Promotion>;

/** Which recovery may promote a replica: written once, before the promotion. */
export const PromotionClaim = z.object({
  schema: z.literal("lifeboat/promotion-claim/1"),
  system: z.string(),
  resourceId: z.string(),
  recoveryId: z.string(),
});
export type PromotionClaim = z.infer<typeof PromotionClaim>;
