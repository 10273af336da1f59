import * as z from "zod";
import { RecoveryId, RecoveryPlan } from "../../recovery/catalogue/plan";
import { RECOVERY_MODES, STRATEGIES } from "../../recovery/store";

const PLANNED_STORES = ["postgres", "chroma", "objects"] as const;

/** What a recovery is asked for, by `dr`'s configuration. */
export const RecoveryRequest = z
  .object({
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
      .array(z.enum(PLANNED_STORES))
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
export type RecoveryRequest = z.infer<typeof RecoveryRequest>;

export const ResolveEvent = z.intersection(z.object({ recoveryId: RecoveryId }), RecoveryRequest);
export type ResolveEvent = z.infer<typeof ResolveEvent>;

/** The plan, pinned: the same event always brings the same plan. */
export const ResolveResponse = RecoveryPlan;
export type ResolveResponse = z.infer<typeof ResolveResponse>;

/**
 * What would be pinned now. The request is under a name of its own, so that a function of a release that knows no trials refuses it: it would pass
 * over a flag beside a recovery's fields, and pin the plan.
 */
export const TrialEvent = z.object({ trial: RecoveryRequest });
export type TrialEvent = z.infer<typeof TrialEvent>;

/** Whether an event asks for a trial, be it well formed or not: a bad one must not be read as a recovery. */
export const isTrial = (event: unknown): boolean => z.object({ trial: z.unknown() }).safeParse(event).success;

export const TrialResponse = z.object({
  schema: z.literal("lifeboat/recovery-trial/1"),
  system: z.string(),
  triedAt: z.iso.datetime(),
  /** What each store would be recovered to, as a plan says it. */
  stores: RecoveryPlan.shape.stores,
  /** The stores that have nothing to recover to. Empty when there is a plan to pin. */
  refused: z.array(
    z.object({
      store: z.enum(PLANNED_STORES),
      reason: z.string(),
      /** The newest of the points that were looked at. */
      passedOver: z.array(z.object({ key: z.string(), reason: z.string() })),
    }),
  ),
  /** Failovers that were asked for in the same way and have their plan, where something is refused: each of them may go on. */
  pinned: z.array(z.object({ recoveryId: RecoveryId, resolvedAt: z.iso.datetime() })),
});
export type TrialResponse = z.infer<typeof TrialResponse>;
