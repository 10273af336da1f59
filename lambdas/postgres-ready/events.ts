import * as z from "zod";
import { RecoveryId } from "../../recovery/catalogue/plan";
import { DatabaseEndpoint } from "../../recovery/catalogue/standing";
import { PostgresResult } from "../../recovery/postgres/result";

/** `dr` calls it with the database that it restored, once RDS says that it is available. */
export const PostgresReadyEvent = z.object({ recoveryId: RecoveryId, endpoint: DatabaseEndpoint });
export type PostgresReadyEvent = z.infer<typeof PostgresReadyEvent>;

/** Also what is kept in the catalogue as the recovery's result for the store. */
export const PostgresReadyResponse = PostgresResult;
export type PostgresReadyResponse = PostgresResult;
