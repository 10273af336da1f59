import * as z from "zod";
import { Check } from "../catalogue/point";
import { DatabaseEndpoint } from "../catalogue/standing";

/**
 * What the restore of the database came to, kept in the catalogue beside its plan. "Available" is what RDS says of an instance; "usable" is what an
 * application needs: recovery ended, connections accepted, first queries answered. Restored volumes fill lazily, so the two differ.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
 */
export const PostgresResult = z.object({
  schema: z.literal("lifeboat/postgres-result/1"),
  system: z.string(),
  recoveryId: z.string(),
  store: z.literal("postgres"),
  /** Which database was looked at: only this one may be validated and sent to. */
  endpoint: DatabaseEndpoint,
  /** RDS said available before this time: the function that writes this was called then. */
  startedAt: z.iso.datetime(),
  /** The first connection was accepted. */
  connectedAt: z.iso.datetime(),
  /** The server was no longer in recovery and took a write. */
  recoveryEndedAt: z.iso.datetime(),
  /** Every table had answered a query. */
  usableAt: z.iso.datetime(),
  /** The time that the database is at: the one restored to, or of a promoted replica its newest commit. Absent when that cannot be told. */
  asOf: z.iso.datetime().optional(),
  serverVersion: z.string(),
  tables: z.int().nonnegative(),
  checks: z.array(Check),
  passed: z.boolean(),
});
export type PostgresResult = z.infer<typeof PostgresResult>;
