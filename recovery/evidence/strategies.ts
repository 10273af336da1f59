import * as z from "zod";

/** How a database came back: from the standing replica, or from backups. */
export const DATABASE_METHODS = ["promotion", "restore"] as const;
export type DatabaseMethod = (typeof DATABASE_METHODS)[number];

/** What one way of bringing the database back lost, and how long it took until it could be read. Seconds, measured in this run. */
export const StrategyMeasured = z.strictObject({
  lossSeconds: z.number().nonnegative(),
  lostWrites: z.int().nonnegative(),
  /** From the decision for it until every row was read. */
  recoverySeconds: z.number().nonnegative(),
  note: z.string(),
});
export type StrategyMeasured = z.infer<typeof StrategyMeasured>;
