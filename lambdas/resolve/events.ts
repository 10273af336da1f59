import * as z from "zod";
import { RecoveryId, RecoveryPlan } from "../../recovery/catalogue/plan";
import { RECOVERY_MODES, STRATEGIES } from "../../recovery/store";

/** `dr` calls it with what its configuration says. */
export const ResolveEvent = z
  .object({
    recoveryId: RecoveryId,
    mode: z.enum(RECOVERY_MODES),
    strategy: z.enum(STRATEGIES),
    /** With strategy point-in-time: the newest state wanted, exactly this one of the database. Without it the newest usable state is. */
    time: z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text).toISOString())
      .optional(),
    /** How the database comes back. `dr` knows before it asks, because its program differs by it. */
    database: z.enum(["promotion", "restore"]).default("restore"),
    stores: z
      .array(z.enum(["postgres", "chroma", "objects"]))
      .min(1)
      .transform((stores) => [...new Set(stores)]),
  })
  .refine(({ database, mode, strategy }) => database === "restore" || (mode === "failover" && strategy === "latest"), {
    path: ["database"],
    message:
      "promotion only in a failover with strategy latest: a drill must not touch the standing replica, and a promotion has no time to choose",
  })
  .refine(({ strategy, time }) => strategy === "point-in-time" || time === undefined, {
    path: ["time"],
    message: "only with strategy point-in-time",
  });
export type ResolveEvent = z.infer<typeof ResolveEvent>;

/** The plan, pinned: the same event always brings the same plan. */
export const ResolveResponse = RecoveryPlan;
export type ResolveResponse = z.infer<typeof ResolveResponse>;
