import * as z from "zod";
import { RecoveryId, RecoveryPlan } from "../../recovery/catalogue/plan";
import { RECOVERY_MODES, STRATEGIES } from "../../recovery/store";

/** `dr` calls it with what its configuration says. */
export const ResolveEvent = z
  .object({
    recoveryId: RecoveryId,
    mode: z.enum(RECOVERY_MODES),
    strategy: z.enum(STRATEGIES),
    /** The newest state wanted, with strategy point-in-time. */
    time: z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text).toISOString())
      .optional(),
    stores: z
      .array(z.enum(["chroma", "objects"]))
      .min(1)
      .transform((stores) => [...new Set(stores)]),
  })
  .refine(({ strategy, time }) => (strategy === "point-in-time") === (time !== undefined), {
    path: ["time"],
    message: "required with strategy point-in-time, and only with it",
  });
export type ResolveEvent = z.infer<typeof ResolveEvent>;

/** The plan, pinned: the same event always brings the same plan. */
export const ResolveResponse = RecoveryPlan;
export type ResolveResponse = z.infer<typeof ResolveResponse>;
