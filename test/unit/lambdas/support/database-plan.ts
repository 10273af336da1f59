import { planKey } from "../../../../recovery/catalogue/keys";
import { RecoveryPlan } from "../../../../recovery/catalogue/plan";
import type { DatabaseEndpoint } from "../../../../recovery/catalogue/standing";
import type { MemoryObjects } from "../../../support/memory-objects";
import { SYSTEM } from "./chroma-point";

export const ENDPOINT: DatabaseEndpoint = {
  host: "restored.example",
  port: 5432,
  database: "shop",
  secretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:lifeboat/acme/recoveries/r-1/postgres",
};

export const RESOLVED_AT = "2026-11-24T09:59:30.000Z";

/** Pins a plan of a database alone, as `resolve` leaves it. */
export const planDatabase = (vault: MemoryObjects, recoveryId: string, asOf: string, engineVersion = "15.10"): RecoveryPlan => {
  const plan = RecoveryPlan.parse({
    schema: "lifeboat/recovery-plan/1",
    system: SYSTEM,
    recoveryId,
    mode: "failover",
    strategy: "latest",
    resolvedAt: RESOLVED_AT,
    stores: {
      postgres: {
        method: "restore",
        automatedBackupsArn: "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-one",
        sourceResourceId: "db-ONE",
        engineVersion,
        asOf,
        window: { earliest: asOf, latest: asOf },
      },
    },
    skewSeconds: 0,
  });
  vault.add(planKey(recoveryId), JSON.stringify(plan));
  return plan;
};

/** Pins a plan that promotes the standing replica alone. */
export const planPromotion = (
  vault: MemoryObjects,
  recoveryId: string,
  changes: { readonly mode?: "drill" | "failover"; readonly measuredAsOf?: string } = {},
): RecoveryPlan => {
  const plan = RecoveryPlan.parse({
    ...{ schema: "lifeboat/recovery-plan/1", system: SYSTEM, recoveryId, mode: "failover", strategy: "latest", skewSeconds: 0 },
    resolvedAt: RESOLVED_AT,
    stores: {
      postgres: {
        ...{ method: "promotion", instance: "acme-postgres-replica", resourceId: "db-REPLICA", engineVersion: "15.10", lagSeconds: 2 },
        asOf: "2026-11-24T09:59:28.000Z",
        ...(changes.measuredAsOf === undefined ? {} : { measuredAsOf: changes.measuredAsOf }),
      },
    },
    ...changes,
  });
  vault.add(planKey(recoveryId), JSON.stringify(plan));
  return plan;
};
